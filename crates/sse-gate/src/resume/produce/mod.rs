//! The work behind streams: how much may be in progress, how it runs, and how it ends.

mod error;
mod run;
mod slots;

pub use error::{WorkError, WorkOutput};
pub(super) use run::run;
pub use slots::WorkSlots;
pub(super) use slots::{Full, WorkSlot};
