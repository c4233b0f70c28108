//! What requests may say beside a token, and what they may not.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accept;
mod configuration;
mod content;
mod credentials;
mod head;
mod long;
mod spellings;
mod unstripped;

#[path = "../support/mod.rs"]
mod support;
