//! Several nodes that share stores and a bus: one file a subject.
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

mod cluster;
mod cuts;
mod feeds;
mod listener;
mod silence;
#[path = "../support/mod.rs"]
mod support;
mod wakers;
mod windows;
