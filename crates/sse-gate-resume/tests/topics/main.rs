//! What a registry of logs promises, through the public interface.
#![allow(
    clippy::unwrap_used,
    clippy::unchecked_time_subtraction,
    reason = "what fails in a test panics"
)]

mod bounds;
mod cost;
mod feeds;
mod idle;
#[path = "../support/mod.rs"]
mod support;
mod threads;

use sse_gate_core::{ManualClock, Subject};
use sse_gate_resume::{Log, LogBudget, LogLimits, Logs, Topics};

/// The age at which an event is gone.
const AGE: std::time::Duration = std::time::Duration::from_secs(600);

fn subject(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

/// Topics by a clock that the test moves.
fn topics(clock: &ManualClock) -> Topics {
    let limits = LogLimits::default().with_max_age(AGE);
    Topics::new(Logs::new(limits, LogBudget::default()).with_clock(clock.clone()))
}

/// Whether both are handles of one log.
fn is_same(one: &Log, other: &Log) -> bool {
    one.epoch() == other.epoch()
}
