//! The step that lets a client go on, against a model that says the same in another way.
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

mod actors;
mod bytes;
mod histories;
mod model;
mod records;
#[path = "../support/mod.rs"]
mod support;
