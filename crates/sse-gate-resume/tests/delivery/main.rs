//! What clients get of a log, against a model: no event is lost or doubled, or they are told.
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

mod appending;
mod clock;
mod cost;
mod ledger;
mod many;
mod publishing;
mod reader;
#[path = "../support/mod.rs"]
mod support;
