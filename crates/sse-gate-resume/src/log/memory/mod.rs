//! Logs in this process's memory: [`MemoryLogs`] makes them, and a [`MemoryLog`] is a handle of one.

mod log;
mod logs;
mod shared;
mod watched;

pub use log::MemoryLog;
pub use logs::MemoryLogs;
pub(crate) use watched::WatchedLog;
