//! Every order in which the steps of two or three threads can happen, tried by loom:
//!
//! ```sh
//! RUSTFLAGS="--cfg loom" cargo test -p sse-gate-resume --test interleavings --release
//! ```
//!
//! A step is what happens under one lock. Threads that wait for each other for ever are found, too.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

mod close;
mod emit;
mod rotate;
mod subscribe;
#[path = "../support/mod.rs"]
mod support;

/// Tries every order. There are several.
fn model(steps: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    // All of them, however often they interrupt a thread.
    builder.preemption_bound = None;
    builder.max_branches = 10_000;
    let orders = Arc::new(AtomicUsize::new(0));
    let tried = Arc::clone(&orders);
    builder.check(move || {
        tried.fetch_add(1, Ordering::Relaxed);
        steps();
    });
    let orders = orders.load(Ordering::Relaxed);
    assert!(orders > 3, "the threads meet nowhere: {orders}");
}

/// What two threads do at once, each with what it needs.
fn both<A: 'static, B: 'static>(
    one: impl FnOnce() -> A + 'static,
    other: impl FnOnce() -> B + 'static,
) -> (A, B) {
    let other = loom::thread::spawn(other);
    let one = one();
    (one, other.join().unwrap())
}
