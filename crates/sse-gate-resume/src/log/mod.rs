//! The record of a stream's events, from which a client that comes back gets what it missed.
//!
//! A log is append-only and ordered: its events are numbered from 1, without holes. It is bounded
//! by [`LogLimits`]. The oldest events make room for new ones, and a reader that has missed them is
//! told so. Each log has an [epoch](LogEpoch), so that a number of one log means nothing in another.
//!
//! Readers pull: each asks for what comes after the event that it had last, and waits if there is
//! nothing. So a slow reader costs a log nothing, and appending never waits.
//!
//! A reader needs [`ReadLog`], and a writer [`EventLog`]. [`MemoryLog`] implements both.

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
