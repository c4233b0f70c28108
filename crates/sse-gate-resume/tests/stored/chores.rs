//! Work in the background that a handle leaves behind.

use std::sync::{Arc, Mutex};

use pollster::block_on;
use sse_gate_core::ManualClock;
use sse_gate_resume::backend::{Chore, LogEnd};
use sse_gate_resume::error::AppendErrorKind;
use sse_gate_resume::{LogLimits, Publisher, StopReason};

use crate::support::{Stage, append, refused_by};
use crate::{alices, logs, store, stored};

#[test]
fn a_chore_that_need_not_wait_runs_at_once() {
    let clock = ManualClock::default();
    let store = store(&clock);
    let logs = logs(&store, LogLimits::default(), &clock);
    let log = alices(&logs);
    drop(Publisher::new(log.clone()));
    assert_eq!(stored(&store, &log).bounds.end, Some(LogEnd::Failed));
}

#[test]
fn a_chore_that_waits_is_spawned() {
    let clock = ManualClock::default();
    let store = store(&clock);
    let spawned: Arc<Mutex<Vec<Chore>>> = Arc::default();
    let queue = Arc::clone(&spawned);
    let logs = logs(&store, LogLimits::default(), &clock).with_spawn(move |chore| {
        queue.lock().unwrap().push(chore);
        None
    });
    let log = alices(&logs);
    let held = store.hold();
    drop(Publisher::new(log.clone()));
    assert_eq!(stored(&store, &log).bounds.end, None);
    held.release();
    // Using the logs does not run it: it is the runtime's now.
    alices(&logs);
    assert_eq!(stored(&store, &log).bounds.end, None);
    for chore in spawned.lock().unwrap().drain(..) {
        block_on(chore);
    }
    assert_eq!(stored(&store, &log).bounds.end, Some(LogEnd::Failed));
}

#[test]
fn a_chore_that_is_not_spawned_runs_when_the_logs_are_used_next() {
    let clock = ManualClock::default();
    for has_runtime in [false, true] {
        let store = store(&clock);
        let mut logs = logs(&store, LogLimits::default(), &clock);
        if has_runtime {
            // The runtime shuts down.
            logs = logs.with_spawn(Some);
        }
        let log = alices(&logs);
        let held = store.hold();
        drop(Publisher::new(log.clone()));
        // It still has to wait.
        store.answer();
        alices(&logs);
        assert_eq!(stored(&store, &log).bounds.end, None);
        held.release();
        assert_eq!(stored(&store, &log).bounds.end, None);
        alices(&logs);
        assert_eq!(stored(&store, &log).bounds.end, Some(LogEnd::Failed));
    }
}

/// A handler makes a log, and goes away before it opens a session: nothing could find the log any more.
#[test]
fn a_log_that_no_session_has_is_freed_with_its_last_handle() {
    let clock = ManualClock::default();
    let store = store(&clock);
    let logs = logs(&store, LogLimits::default(), &clock);
    let log = alices(&logs);
    let second = log.clone();
    drop(log);
    assert_eq!(store.inner.len(), 1);
    drop(Publisher::new(second));
    assert!(store.inner.is_empty());
}

/// The same while the store still makes the log.
#[test]
fn a_log_whose_maker_is_gone_is_freed() {
    let clock = ManualClock::default();
    let store = store(&clock);
    let logs = logs(&store, LogLimits::default(), &clock);
    let held = store.hold();
    let subject = sse_gate_core::Subject::new("alice").unwrap();
    let mut making = Box::pin(logs.create_for(&subject));
    assert!(crate::poll_once(&mut making).is_pending());
    assert_eq!(store.inner.len(), 1);
    drop(making);
    store.answer();
    held.release();
    // What was left behind goes on when the logs are used next.
    let other = alices(&logs);
    assert_eq!(store.inner.len(), 1);
    drop(other);
    assert!(store.inner.is_empty());
}

/// A session that waits for its client keeps its log.
#[test]
fn a_log_that_a_session_has_stays() {
    let clock = ManualClock::default();
    let store = store(&clock);
    let stage = Stage::default().with_logs(logs(&store, LogLimits::default(), &clock));
    let log = alices(&stage.logs);
    let mut client = stage.alice(&log);
    assert!(client.is_served());
    client.disconnect();
    drop((log, stage));
    assert_eq!(store.inner.len(), 1);
}

/// A writer that is asked to stop may still append. A log that is closed is of no more use.
#[test]
fn a_log_is_freed_when_it_is_closed_and_not_when_it_is_asked_to_stop() {
    let clock = ManualClock::default();
    let store = store(&clock);
    let log = alices(&logs(&store, LogLimits::default(), &clock));
    log.stop(StopReason::Requested);
    assert_eq!((append(&log, "bye"), store.inner.len()), (1, 1));
    log.stop(StopReason::Closed);
    assert!(store.inner.is_empty());
    assert_eq!(refused_by(&log), Some(AppendErrorKind::Closed));
}
