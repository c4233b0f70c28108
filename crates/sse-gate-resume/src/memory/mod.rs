//! Stores in this process's memory.

mod bus;
mod kept_log;
mod limits;
mod logs;
mod sessions;
mod table;

pub use bus::MemoryBus;
pub use limits::SessionLimits;
pub use logs::MemoryLogStore;
pub use sessions::MemorySessions;
