//! What is alive on this node: the open connections of sessions, and what they hold.

mod fence;
mod lease;

pub use fence::{CutReason, Fence};
pub use lease::Lease;
