//! Jobs that turn a JSON sample into Rust types in the background, and streams of their progress.
//!
//! ```text
//! Generations::start ──▶ pending ──▶ processing ──▶ completed
//!                           └────────────┴────────▶ failed
//! ```
//!
//! [`Generations`] starts and keeps the jobs; a [`Generation`] is one of them. Each writes a short
//! list of [`Progress`] records, numbered from 1. [`Generation::watch`] gives those after a number,
//! then new ones as they come, and ends after the last: so a client that has lost its stream goes
//! on where it was, and a client that is slow holds up nobody, as it reads from the list.
//!
//! Progress is the share of the work that is done. A [`Pace`] slows the work down for people to
//! watch; it makes nothing up.
//!
//! Everything a client can grow is bounded: a job's list by [`MAX_RECORDS`], its sample by
//! [`Sample::MAX_BYTES`](crate::infer::Sample::MAX_BYTES), its result by
//! [`MAX_CODE_BYTES`](crate::infer::MAX_CODE_BYTES), and the number of jobs by [`Limits`]. At a
//! limit the newcomer is refused ([`StartError`]): a job that runs is never thrown out, and nobody's
//! start costs another user a result.

mod cancel;
mod error;
mod id;
mod job;
mod limits;
mod log;
mod pace;
mod progress;
mod registry;
mod reporter;
mod shelf;
mod state;
mod turns;
mod watch;
mod work;

pub use self::error::StartError;
pub use self::id::{GenerationId, InvalidNodeDigit, NodeDigit};
pub use self::job::Generation;
pub use self::limits::Limits;
pub use self::log::MAX_RECORDS;
pub use self::pace::Pace;
pub use self::progress::{Progress, Status};
pub use self::registry::Generations;
pub use self::state::GenerationState;
pub use self::watch::Watch;
