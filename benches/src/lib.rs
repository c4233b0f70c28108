//! What the benchmarks share: races run in turns, and memory measured in fresh processes.
//!
//! The machines they run on are shared, so nothing here is about absolute times. Whoever is
//! compared runs in turns, in one process, by the time of the processor and not of the wall, and
//! what counts is the ratio of the best rounds.
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]

mod race;
mod ready;
mod resident;
mod token;
mod turn;

pub use race::{Race, Times};
pub use ready::ready;
pub use resident::{child_task, resident_growth, resident_growth_of_child};
pub use token::token_entry;
pub use turn::{Contestant, compare, median};
