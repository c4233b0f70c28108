//! Where the state of sessions, logs and open streams is kept: what is true, as plain data.

mod bus;
mod limiter;
mod limiter_error;
mod logs;
mod notice;
mod place;
mod sessions;
mod shared;
mod shared_limiter;
mod shared_logs;
mod stored;

pub(crate) use bus::SharedBus;
pub use bus::{Bus, BusError, Notices};
pub use limiter::{Claimed, Renewed, StreamLimiter};
pub use limiter_error::LimiterError;
pub use logs::{LogId, LogStore, NewLog, StoredEvents, StoredLog};
pub use notice::Notice;
pub use place::{Place, PlaceId};
pub use sessions::SessionStore;
pub use shared::SharedSessions;
pub use shared_limiter::SharedLimiter;
pub(crate) use shared_logs::SharedLogStore;
pub use stored::{Due, Moment, SessionKey, StoredSession};
