//! Two nodes in one process: each has a gate, a layer and sessions of its own, and both share their stores and
//! a bus.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;
mod cluster;

mod deaf;
mod listening;
mod together;
