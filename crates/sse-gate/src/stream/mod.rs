//! Sends events: [`SseBody`], the body of a stream's response.

mod body;
mod heartbeat;
mod producer;

pub use body::SseBody;
pub(crate) use heartbeat::Heartbeat;
