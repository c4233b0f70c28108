//! What is alive on this node: the open connections of sessions, the logs that they read, and work
//! in the background.
//!
//! The state of a session is in its [store](crate::backend::SessionStore), and may be changed by any
//! node. What can't be stored is here: a connection can be cut only where it is.

mod channel;
mod chores;
mod connections;
mod departure;
mod fence;
mod finished;
mod join;
mod lease;
mod listener;

pub(crate) use channel::Channel;
pub(crate) use chores::Chores;
pub use chores::{Chore, Spawn};
pub(crate) use connections::Connections;
pub(crate) use departure::Departure;
pub use fence::{CutReason, Fence};
pub(crate) use finished::Finished;
pub(crate) use join::{Work, join};
pub use lease::Lease;
pub(crate) use listener::{Listener, Sleep};
