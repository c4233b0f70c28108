//! Bodies that send events without resuming: [`SseBody`].

mod body;
mod boxed;
mod error;
mod heartbeat;
mod producer;
mod timer;

pub use body::SseBody;
pub use boxed::{BoxEvents, BoxSseBody};
pub(crate) use error::panic_suffix;
pub use error::{NoHook, OnError, SseBodyError};
pub(crate) use heartbeat::Heartbeat;
