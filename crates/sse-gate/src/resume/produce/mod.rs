//! The work behind streams: how much may be in progress, how it runs, and how it ends.

mod error;
mod run;
mod slots;
mod start;

pub use error::{WorkError, WorkOutput};
use run::run;
pub use slots::WorkSlots;
use slots::{WorkCap, WorkSlot};
