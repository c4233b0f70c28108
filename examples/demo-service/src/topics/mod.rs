//! Topics: what a name of one is, and how many there may be. Each has a log, which anybody who is
//! signed in may write and read; [`Topics`](sse_gate::sessions::Topics) keeps them.
//!
//! A topic is there from when it is first asked for, and counts as the user's who asked. There are at
//! most [`MAX`] in all, and [`MAX_OF_ONE`] of one user. At either number one goes that is empty, that
//! no client reads, and that no client may come back to; if there is none, the newcomer is refused.

mod name;

pub use self::name::{InvalidTopic, TopicName};

/// The most topics that there are.
pub const MAX: usize = 256;

/// The most topics that one user has asked for first.
pub const MAX_OF_ONE: usize = 16;
