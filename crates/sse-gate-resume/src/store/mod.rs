//! Where the state of sessions, logs and open streams is kept: what is true, as plain data.

mod limiter;
mod limiter_error;
mod logs;
mod place;
mod sessions;
mod shared;
mod shared_limiter;
mod shared_logs;
mod stored;

pub use limiter::{Claimed, Renewed, StreamLimiter};
pub use limiter_error::LimiterError;
pub use logs::{LogId, LogStore, NewLog, StoredEvents, StoredLog};
pub use place::{Place, PlaceId};
pub use sessions::SessionStore;
pub use shared::SharedSessions;
pub use shared_limiter::SharedLimiter;
pub(crate) use shared_logs::SharedLogStore;
pub use stored::{Due, Moment, SessionKey, StoredSession};
