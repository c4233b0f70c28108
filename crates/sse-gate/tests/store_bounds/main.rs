//! What stores are asked, and how often, when they hang, err or lose what they are asked.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod breaker;
mod budget;
mod fickle;
mod flood;
mod resumable;
mod scene;
