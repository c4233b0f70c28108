//! Faults of a real server: it is refused, killed, stopped, full, made a replica, emptied. E1
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]
#![expect(clippy::print_stdout, reason = "how long failovers have taken")]

mod data;
mod epochs;
mod failover;
mod failover_streams;
mod node;
mod outages;
mod proxy;
mod reader;
mod stage;
mod unfit;
