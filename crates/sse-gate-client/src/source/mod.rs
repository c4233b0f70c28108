//! The stream of a server, with all its reconnects: [`EventSource`].
//!
//! It drives a [`Machine`](crate::machine::Machine) with a [`Transport`](crate::Transport), on tokio's
//! timers. There is no task and no queue: the body is read when the stream is polled.

mod drive;
mod event_source;
mod events;
mod io;
mod random;

pub use event_source::EventSource;
pub use events::Events;
