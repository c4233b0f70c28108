//! The record of a stream's events, from which a client that comes back gets what it missed.
//!
//! A log is append-only and ordered: its events are numbered from 1, without holes. It is bounded
//! by [`LogLimits`]. The oldest events make room for new ones, and a reader that has missed them is
//! told so. Each log has an [epoch](LogEpoch), so that a number of one log means nothing in another.
//!
//! Readers pull: each asks for what comes after the event that it had last, and waits if there is
//! nothing. So a slow reader costs a log nothing, and appending never waits for a client: only while readers copy what
//! they find, at most a page each.
//!
//! # Where the events are
//!
//! A [`Log`] keeps a window of the last events in memory. Without a
//! [`LogStore`](crate::backend::LogStore), the window is all there is. With one, an event is appended
//! to the store first, and to the window when the store has acknowledged it. So readers are served from
//! memory, an event is encoded once, and only a reader that is behind the window asks the store.

mod backing;
mod bounds;
mod budget;
mod claim;
mod encoded;
mod epoch;
mod error;
mod events;
mod feed;
mod handle;
mod limits;
mod logs;
mod name;
mod page;
mod read;
mod reader;
mod readers;
mod retained;
mod shared;
mod watched;
mod windows;

pub use bounds::{Bounds, LogEnd};
pub use budget::LogBudget;
pub use encoded::EncodedEvent;
pub use epoch::LogEpoch;
pub use error::{AppendError, AppendErrorKind, LogError, LogErrorKind};
pub(crate) use events::Events;
pub use handle::Log;
pub use limits::LogLimits;
pub use logs::Logs;
pub use name::{InvalidLogName, LogName};
pub use page::Page;

pub use read::{Read, StopReason};
pub use reader::Reader;
pub(crate) use reader::Taken;
pub(crate) use readers::keep_waker;
pub(crate) use watched::WatchedLog;
pub use windows::LogWindows;
