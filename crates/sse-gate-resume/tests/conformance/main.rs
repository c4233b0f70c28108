//! The laws of stores over the stores of this crate. And since a check that can't fail proves nothing,
//! for every law there is a store here that breaks it, and the kit finds out.
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

mod broken;
mod limiter;
mod logs;
mod memory;
mod sessions;
