//! The record of a stream's events, from which a client that comes back gets what it missed.
//!
//! A log is append-only and ordered: its events are numbered from 1, without holes. It is bounded
//! by [`LogLimits`]; what no longer fits goes, the oldest first, and a reader that would have
//! needed it is told so. It has an [epoch](LogEpoch), so that a number of one log means nothing
//! to another.
//!
//! Readers pull: each asks for what comes after the event it had last, and waits if there is
//! nothing. So a slow reader costs a log nothing, and appending waits for nobody.
//!
//! Who reads needs [`ReadLog`], who writes [`EventLog`]. [`MemoryLog`] is both.

mod bounds;
mod budget;
mod encoded;
mod epoch;
mod error;
mod limits;
mod memory;
mod page;
mod readers;
mod retained;
mod traits;

pub use bounds::{Bounds, LogEnd};
pub use budget::LogBudget;
pub use encoded::EncodedEvent;
pub use epoch::LogEpoch;
pub use error::{AppendError, AppendErrorKind};
pub use limits::LogLimits;
pub(crate) use memory::WatchedLog;
pub use memory::{MemoryLog, MemoryLogs};
pub use page::Page;
pub use readers::ReaderId;
pub(crate) use readers::keep_waker;
pub use traits::{EventLog, Read, ReadLog, StopReason};
