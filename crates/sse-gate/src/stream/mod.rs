//! Sends events: [`SseBody`], the body of a stream's response.

mod body;
mod error;
mod heartbeat;
mod producer;

pub use body::SseBody;
pub use error::{NoHook, OnError, SseBodyError};
pub(crate) use heartbeat::Heartbeat;
