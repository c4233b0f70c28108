//! What the programs of a newcomer are asked with: a client of plain hyper, and a count of added lines.
//!
//! Nothing in here knows sse-gate. Each file in `tests` is one program, as a newcomer has written it
//! from the README, the guide and the documentation of the API.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

mod added;
mod client;

pub use added::added_lines;
pub use client::{Answer, Client, Ticket, last_id};
