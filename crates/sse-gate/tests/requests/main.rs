//! What requests may say beside a token, and what they may not.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod content;

#[path = "../support/mod.rs"]
mod support;
