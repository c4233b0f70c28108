//! Topics: one log each, which anybody who is signed in may write and read.
//!
//! A topic is there from when somebody first asks for it, and counts as theirs. There are at most
//! [`Topics::MAX`] in all, and [`Topics::MAX_OF_ONE`] of one user. At either number one goes that is
//! empty, that nobody reads, and that nobody may come back to; if there is none, the newcomer is
//! refused.

mod name;
mod registry;

pub use self::name::{InvalidTopic, TopicName};
pub use self::registry::{NoTopic, Topics};
