//! The laws of stores and buses over those of this crate. And since a check that can't fail proves nothing,
//! for every law there is one here that breaks it, and the kit finds out.
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

mod broken;
mod buses;
mod limiter;
mod logs;
mod memory;
mod sessions;
