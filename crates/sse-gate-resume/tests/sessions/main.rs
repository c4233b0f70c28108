//! What sessions promise, through the public interface: one file a subject.
#![allow(
    clippy::unwrap_used,
    clippy::unchecked_time_subtraction,
    reason = "what fails in a test panics"
)]

mod bearers;
mod broken_store;
mod caps;
mod clock;
mod cost;
mod durations;
mod ends;
mod final_events;
mod ids;
mod memory;
mod messages;
mod opening;
mod orphans;
mod others;
mod rollback;
mod slow;
mod starts;
#[path = "../support/mod.rs"]
mod support;
mod takeovers;
mod theft;
mod unanswered;
mod waits;
mod window;
