//! What logs on a server promise beside the laws: one file a subject.
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

mod cost;
mod fence;
mod full;
mod life;
mod lost_events;
mod numbers;
mod restart;
mod room;
mod secrecy;
mod stage;
mod tamper;
