//! What the calls of this crate return when they fail.
//!
//! | error | of |
//! |---|---|
//! | [`AppendError`] | [`Publisher::publish`](crate::Publisher::publish) and every log |
//! | [`LogError`] | [`Logs::create`](crate::Logs::create) and every store of logs |
//! | [`OpenError`] | [`Sessions::open`](crate::Sessions::open) |
//! | [`ResumeError`] | [`Sessions::resume`](crate::Sessions::resume) |
//! | [`TopicError`] | [`Topics::log`](crate::Topics::log), [`Topics::publish`](crate::Topics::publish) |
//! | [`SessionError`] | every store of sessions |
//! | [`BusError`] | every [`Bus`](crate::backend::Bus) |
//! | [`LimiterError`] | every [`StreamLimiter`](crate::backend::StreamLimiter) |
//! | [`InvalidKid`] | [`ResumeKey::new`](crate::ResumeKey::new) |

pub use crate::id::InvalidKid;
pub use crate::log::{AppendError, AppendErrorKind, LogError, LogErrorKind};
pub use crate::opening::OpenError;
pub use crate::resumed::ResumeError;
pub use crate::session::{SessionError, SessionErrorKind};
pub use crate::store::BusError;
pub use crate::store::LimiterError;
pub use crate::topics::{TopicError, TopicErrorKind};
