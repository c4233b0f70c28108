//! Stores in this process's memory.

mod bus;
mod kept_log;
mod limiter;
mod limits;
mod logs;
mod places;
mod sessions;
mod stream_limits;
mod table;

pub use bus::MemoryBus;
pub use limiter::MemoryLimiter;
pub use limits::SessionLimits;
pub use logs::MemoryLogStore;
pub use sessions::MemorySessions;
pub use stream_limits::StreamLimits;
