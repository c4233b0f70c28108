//! Each program, started as its reader starts it and asked over a socket.
//!
//! | file | what it has |
//! |---|---|
//! | `program` | a program that runs, and what it has printed |
//! | `exchange` | one request, and its response as it comes |
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bearer_fetch;
mod cookie;
mod exchange;
mod feed;
mod graceful;
mod llm_stream;
mod minimal;
mod program;
