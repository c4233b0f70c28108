//! Topics: one log each, which anybody who is signed in may write and read.
//!
//! A topic is there from when somebody first asks for it. There are at most
//! [`Topics::MAX`]; at that number one goes that nobody reads and nothing is in, or else the
//! newcomer is refused.

mod name;
mod registry;

pub use self::name::{InvalidTopic, TopicName};
pub use self::registry::{NoTopic, Topics};
