//! Where the state of sessions is kept: what is true, as plain data.

mod sessions;
mod shared;
mod stored;

pub use sessions::SessionStore;
pub use shared::SharedSessions;
pub use stored::{Due, Moment, SessionKey, StoredSession};
