//! Streams of several nodes that count together: two nodes in one process share a limiter.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod caps;
mod cluster;
mod deaths;
mod failures;
mod moody;
mod resumption;
#[path = "../support/mod.rs"]
mod support;
mod upkeep;
