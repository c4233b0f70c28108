//! `MetricsObserver`: what it counts, and under which names.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "metrics")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use sse_gate::MetricsObserver;
use sse_gate::core::{Cap, IssueErrorKind, Observer, RefusalReason, Signal, StreamEnd};

/// Keeps counters by name and labels.
#[derive(Default)]
struct Counters(Counts);

type Counts = Arc<Mutex<BTreeMap<String, u64>>>;

struct One(String, Counts);

impl CounterFn for One {
    fn increment(&self, value: u64) {
        *self.1.lock().unwrap().entry(self.0.clone()).or_default() += value;
    }

    fn absolute(&self, _: u64) {}
}

impl Recorder for Counters {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let labels = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()));
        let name = format!("{} {}", key.name(), labels.collect::<Vec<_>>().join(","));
        Counter::from_arc(Arc::new(One(name, Arc::clone(&self.0))))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// D7: every signal is counted, under names and labels from closed sets.
#[test]
fn every_signal_is_counted_by_its_outcome() {
    let counters = Counters::default();
    let signals = [
        Signal::Issued,
        Signal::IssueRefused(IssueErrorKind::Full(Cap::TokensPerSubject)),
        Signal::IssueRefused(IssueErrorKind::StoreUnavailable),
        Signal::Redeemed { continues: false },
        Signal::Redeemed { continues: true },
        Signal::Refused(RefusalReason::Used),
        Signal::Abandoned,
        Signal::Withdrawn { tokens: 3 },
        Signal::TurnedAway { check: "accept" },
        Signal::StreamOpened,
        Signal::StreamClosed {
            lasted: Duration::from_secs(1),
            end: StreamEnd::Complete,
        },
        Signal::StreamClosed {
            lasted: Duration::from_secs(1),
            end: StreamEnd::Disconnected,
        },
        Signal::StreamClosed {
            lasted: Duration::from_secs(1),
            end: StreamEnd::Failed,
        },
        Signal::StreamClosed {
            lasted: Duration::from_secs(1),
            end: StreamEnd::Lagged,
        },
    ];
    metrics::with_local_recorder(&counters, || {
        let observer = MetricsObserver::install();
        for signal in signals {
            observer.observe(signal);
        }
    });
    let counted = counters.0.lock().unwrap();
    let counted: Vec<_> = counted
        .iter()
        .map(|(name, count)| (name.as_str(), *count))
        .collect();
    assert_eq!(
        counted,
        [
            ("sse_gate_connection_errors_total end=disconnected", 1),
            ("sse_gate_connection_errors_total end=failed", 1),
            ("sse_gate_connection_errors_total end=lagged", 1),
            ("sse_gate_reconnects_total ", 1),
            ("sse_gate_requests_turned_away_total check=accept", 1),
            ("sse_gate_resume_refused_total reason=reuse", 0),
            ("sse_gate_resume_refused_total reason=rollback", 0),
            (
                "sse_gate_token_requests_total outcome=full_tokens_per_subject",
                1
            ),
            ("sse_gate_token_requests_total outcome=issued", 1),
            ("sse_gate_token_requests_total outcome=store_unavailable", 1),
            ("sse_gate_token_validations_total outcome=abandoned", 1),
            ("sse_gate_token_validations_total outcome=redeemed", 2),
            ("sse_gate_token_validations_total outcome=used", 1),
            ("sse_gate_tokens_withdrawn_total ", 3),
        ]
    );
}
