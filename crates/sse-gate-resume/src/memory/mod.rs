//! Stores in this process's memory.

mod limits;
mod sessions;
mod table;

pub use limits::SessionLimits;
pub use sessions::MemorySessions;
