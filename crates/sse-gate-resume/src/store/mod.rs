//! Where the state of sessions is kept.

mod sessions;
mod shared;

pub use sessions::{Found, Reopened, SessionFilter, SessionStore, StepOutcome};
pub use shared::SharedSessions;
