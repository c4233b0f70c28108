//! Sessions, logs and topics in a database, over restarts of the process.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bounds;
mod columns;
mod damage;
mod damaged_logs;
mod restart;
mod room;
mod stage;
