//! The door for callers that show the credential itself, and no token: `GateLayer::with_callers`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "its other parts are for the tests of resumption")]
#[path = "../resume/hand.rs"]
mod hand;
mod refusals;
mod requests;
mod resumption;
mod scene;
#[path = "../support/mod.rs"]
mod support;
