//! What the `EventSource` of real browsers does, and that our model of it does the same.
//!
//! | file | what is claimed |
//! |---|---|
//! | `closing` | when it gives up, and when it comes back |
//! | `ids` | which id it keeps |
//! | `requests` | what its requests say |
//! | `breaks` | what it does when a connection breaks |
//! | `model` | the model behaves as each engine did |
//! | `proxy` | the proxy cuts off where and how it is told to |
//! | `chaos` | streams that are cut off 100 times lose nothing |
//! | `demo` | nor do those of the example servers |
//! | `restarts` | nor do those of servers that are killed and started again |
//! | `quiet` | a stream on which nothing is said opens at once |
//! | `decoder` | the model reads as the standard says |
//!
//! The scripts of all claims are run once, by one page in each engine: see `observed`.
#![allow(clippy::unwrap_used, reason = "a test may fail wherever it likes")]

mod breaks;
mod chaos;
mod closing;
mod decoder;
mod demo;
mod ids;
mod model;
mod observed;
mod proxy;
mod quiet;
#[path = "../../../crates/sse-gate-codec/tests/reference/mod.rs"]
mod reference;
mod requests;
mod restarts;
mod scene;
mod scripts;
