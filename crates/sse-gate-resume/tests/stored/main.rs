//! What logs in a store promise, and sessions that read them: one file a subject.
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

mod appends;
mod chores;
mod readers;
mod restarts;
#[path = "../support/mod.rs"]
mod support;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use pollster::block_on;
use sse_gate_core::{ManualClock, Subject};
use sse_gate_resume::backend::{LogStore, MemoryLogStore, NodeId, StoredLog};
use sse_gate_resume::{Log, LogBudget, LogLimits, Logs};

use support::HeldLogs;

/// The store in memory, for its first node, by a clock that the test moves.
fn store(clock: &ManualClock) -> HeldLogs {
    let store = MemoryLogStore::default().with_clock(clock.clone());
    HeldLogs::new(store.with_node(node(1)))
}

fn node(number: u8) -> NodeId {
    NodeId::from_bytes([number; 8])
}

/// Logs of one process in this store.
fn logs(store: &HeldLogs, limits: LogLimits, clock: &ManualClock) -> Logs {
    let logs = Logs::new(limits, LogBudget::default()).with_clock(clock.clone());
    logs.with_store(store.clone())
}

/// A log of alice's.
fn alices(logs: &Logs) -> Log {
    block_on(logs.create_for(&Subject::new("alice").unwrap())).unwrap()
}

/// What the store has of a log.
fn stored(store: &HeldLogs, log: &Log) -> StoredLog {
    let found = block_on(store.inner.open(log.name())).unwrap();
    found.expect("the log is in its store")
}

/// Polls a future once.
fn poll_once<F: Future + ?Sized>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    let mut cx = Context::from_waker(Waker::noop());
    future.as_mut().poll(&mut cx)
}
