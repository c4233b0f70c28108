//! Where the state of sessions and logs is kept: what is true, as plain data.

mod bus;
mod logs;
mod notice;
mod sessions;
mod shared;
mod shared_logs;
mod stored;

pub(crate) use bus::SharedBus;
pub use bus::{Bus, BusError, Notices};
pub use logs::{LogId, LogStore, NewLog, StoredEvents, StoredLog};
pub use notice::Notice;
pub use sessions::SessionStore;
pub use shared::SharedSessions;
pub(crate) use shared_logs::SharedLogStore;
pub use stored::{Due, Moment, SessionKey, StoredSession};
