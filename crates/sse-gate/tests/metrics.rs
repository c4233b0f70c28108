//! `MetricsObserver`: what it counts, and under which names.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "metrics")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use sse_gate::MetricsObserver;
use sse_gate::core::{
    Cap, CredentialReason, IssueErrorKind, MintRefusalReason, Observer, RefusalReason, Signal,
    StoreRole, StreamEnd,
};
use sse_gate::sessions::{
    CloseReason, GoneReason, InvalidIdReason, SessionObserver, SessionSignal,
};

/// Keeps values by kind, name and labels, and what was described.
#[derive(Clone, Default)]
struct Written {
    values: Values,
    described: Arc<Mutex<Vec<String>>>,
}

type Values = Arc<Mutex<BTreeMap<String, f64>>>;

struct One(String, Values);

impl One {
    fn add(&self, value: f64) {
        *self.1.lock().unwrap().entry(self.0.clone()).or_default() += value;
    }
}

#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
impl CounterFn for One {
    fn increment(&self, value: u64) {
        self.add(value as f64);
    }

    fn absolute(&self, _: u64) {
        unreachable!("nothing here is absolute");
    }
}

impl GaugeFn for One {
    fn increment(&self, value: f64) {
        self.add(value);
    }

    fn decrement(&self, value: f64) {
        self.add(-value);
    }

    fn set(&self, _: f64) {
        unreachable!("several gates may share a recorder");
    }
}

impl HistogramFn for One {
    fn record(&self, value: f64) {
        self.add(value);
    }
}

impl Written {
    fn one(&self, kind: &str, key: &Key) -> Arc<One> {
        let mut name = format!("{kind} {}", key.name());
        for label in key.labels() {
            name = format!("{name} {}={}", label.key(), label.value());
        }
        Arc::new(One(name, Arc::clone(&self.values)))
    }

    fn describe(&self, kind: &str, name: &KeyName, unit: Option<Unit>, words: &str) {
        let unit = unit.map_or("", |unit| unit.as_str());
        assert!(!words.is_empty());
        let line = format!("{kind} {} {unit}", name.as_str());
        self.described
            .lock()
            .unwrap()
            .push(line.trim_end().to_owned());
    }
}

impl Recorder for Written {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, words: SharedString) {
        self.describe("counter", &name, unit, &words);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, words: SharedString) {
        self.describe("gauge", &name, unit, &words);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, words: SharedString) {
        self.describe("histogram", &name, unit, &words);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.one("counter", key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.one("gauge", key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.one("histogram", key))
    }
}

/// What `act` writes, in the order of its names.
fn written(act: impl FnOnce(MetricsObserver)) -> Vec<(String, f64)> {
    let recorder = Written::default();
    metrics::with_local_recorder(&recorder, || act(MetricsObserver::default()));
    let values = recorder.values.lock().unwrap().clone();
    values.into_iter().collect()
}

/// What one signal writes, as lines.
fn lines_of(signal: Signal) -> Vec<String> {
    lines(written(|observer| Observer::observe(&observer, signal)))
}

fn lines(values: Vec<(String, f64)>) -> Vec<String> {
    let line = |(name, value)| format!("{name} {value}");
    values.into_iter().map(line).collect()
}

/// D7, C23: every signal has its one series, under names and labels from closed sets.
#[test]
fn every_signal_writes_its_own_series() {
    let closed = |end| Signal::StreamClosed {
        lasted: Duration::from_millis(1500),
        end,
    };
    let duration = "histogram sse_gate_connection_duration_seconds 1.5";
    let (left, came) = (
        "gauge sse_gate_connections -1",
        "gauge sse_gate_connections 1",
    );
    let breaker = |store, is_open| Signal::BreakerChanged { store, is_open };
    let rows: &[(Signal, &[&str])] = &[
        (
            Signal::Issued,
            &["counter sse_gate_token_requests_total outcome=issued 1"],
        ),
        (
            Signal::Redeemed { continues: false },
            &[
                "counter sse_gate_reconnects_total 0",
                "counter sse_gate_token_validations_total outcome=redeemed 1",
            ],
        ),
        (
            Signal::Redeemed { continues: true },
            &[
                "counter sse_gate_reconnects_total 1",
                "counter sse_gate_token_validations_total outcome=redeemed 1",
            ],
        ),
        (
            Signal::Abandoned,
            &["counter sse_gate_token_validations_total outcome=abandoned 1"],
        ),
        (
            Signal::Withdrawn { tokens: 3 },
            &["counter sse_gate_tokens_withdrawn_total 3"],
        ),
        (
            Signal::TurnedAway { check: "accept" },
            &["counter sse_gate_requests_turned_away_total check=accept 1"],
        ),
        (
            Signal::CallerAdmitted,
            &["counter sse_gate_callers_total outcome=admitted 1"],
        ),
        (
            Signal::CallerRefused(MintRefusalReason::Forbidden),
            &["counter sse_gate_callers_total outcome=forbidden 1"],
        ),
        (
            Signal::TokenNotStripped,
            &["counter sse_gate_routes_not_stripped_total 1"],
        ),
        (Signal::StreamOpened, &[came]),
        (closed(StreamEnd::Complete), &[left, duration]),
        (
            closed(StreamEnd::Failed),
            &[
                "counter sse_gate_connection_errors_total end=failed 1",
                left,
                duration,
            ],
        ),
        (
            closed(StreamEnd::Lagged),
            &[
                "counter sse_gate_connection_errors_total end=lagged 1",
                left,
                duration,
            ],
        ),
        (
            closed(StreamEnd::Disconnected),
            &[
                "counter sse_gate_connection_errors_total end=disconnected 1",
                left,
                duration,
            ],
        ),
        (
            breaker(StoreRole::Tokens, true),
            &[
                "counter sse_gate_store_breaker_openings_total store=tokens 1",
                "gauge sse_gate_store_breakers_open store=tokens 1",
            ],
        ),
        (
            breaker(StoreRole::Sessions, false),
            &["gauge sse_gate_store_breakers_open store=sessions -1"],
        ),
    ];
    for (signal, expected) in rows {
        assert_eq!(lines_of(*signal), *expected, "{signal:?}");
    }
}

/// D7: every reason to refuse has a label of its own.
#[test]
fn every_reason_is_a_label() {
    let kinds = [
        (IssueErrorKind::CredentialExpired, "credential_expired"),
        (IssueErrorKind::Withdrawn, "withdrawn"),
        (IssueErrorKind::NoEntropy, "no_entropy"),
        (IssueErrorKind::StoreUnavailable, "store_unavailable"),
        (
            IssueErrorKind::Full(Cap::TokensPerSubject),
            "full_tokens_per_subject",
        ),
        (IssueErrorKind::Full(Cap::TokensInAll), "full_tokens_in_all"),
        (
            IssueErrorKind::Full(Cap::PayloadPerToken),
            "full_payload_per_token",
        ),
        (
            IssueErrorKind::Full(Cap::PayloadPerSubject),
            "full_payload_per_subject",
        ),
        (
            IssueErrorKind::Full(Cap::PayloadInAll),
            "full_payload_in_all",
        ),
    ];
    for (kind, label) in kinds {
        let expected = format!("counter sse_gate_token_requests_total outcome={label} 1");
        assert_eq!(lines_of(Signal::IssueRefused(kind)), [expected]);
        let refused = Signal::MintRefused(MintRefusalReason::NotIssued(kind));
        let expected = format!("counter sse_gate_mint_refusals_total reason={label} 1");
        assert_eq!(lines_of(refused), [expected]);
    }
    let reasons = [
        (RefusalReason::Malformed, "malformed"),
        (RefusalReason::Unknown, "unknown"),
        (RefusalReason::Used, "used"),
        (RefusalReason::Expired, "expired"),
        (RefusalReason::Withdrawn, "withdrawn"),
        (RefusalReason::Corrupt, "corrupt"),
        (RefusalReason::Unavailable, "unavailable"),
    ];
    for (reason, label) in reasons {
        let expected = format!("counter sse_gate_token_validations_total outcome={label} 1");
        assert_eq!(lines_of(Signal::Refused(reason)), [expected]);
    }
}

/// C23, D7: what the mint refuses, by its reason.
#[test]
fn every_reason_at_the_mint_is_a_label() {
    use CredentialReason as Of;
    use MintRefusalReason::{self as Reason, Credential};

    let reasons = [
        (Reason::Method, "method"),
        (Reason::Path, "path"),
        (Credential(Of::Missing), "no_credential"),
        (Credential(Of::Malformed), "malformed"),
        (Credential(Of::TooLarge), "credential_too_large"),
        (Credential(Of::Unreadable), "unreadable"),
        (Credential(Of::Expired), "expired"),
        (Credential(Of::NotYetValid), "not_yet_valid"),
        (Credential(Of::Issuer), "wrong_issuer"),
        (Credential(Of::Audience), "wrong_audience"),
        (Credential(Of::Signature), "wrong_signature"),
        (Credential(Of::Algorithm), "wrong_algorithm"),
        (Credential(Of::Type), "wrong_type"),
        (Credential(Of::Claims), "bad_claims"),
        (Credential(Of::Invalid), "unauthenticated"),
        (Credential(Of::Unavailable), "credential_unchecked"),
        (Reason::BodyTooSlow, "body_too_slow"),
        (Reason::BodyTooLarge, "body_too_large"),
        (Reason::BodyNotJson, "body_not_json"),
        (Reason::BodyBroken, "body_broken"),
        (Reason::BodiesPerSubject, "bodies_per_subject"),
        (Reason::BodiesInAll, "bodies_in_all"),
        (Reason::Forbidden, "forbidden"),
        (Reason::NotFound, "not_found"),
        (Reason::Unprocessable, "unprocessable"),
        (Reason::TooLarge, "too_large"),
        (Reason::TooMany, "too_many"),
        (Reason::Busy, "busy"),
    ];
    for (reason, label) in reasons {
        let expected = format!("counter sse_gate_mint_refusals_total reason={label} 1");
        assert_eq!(lines_of(Signal::MintRefused(reason)), [expected]);
    }
}

/// D7: what happens to sessions, each under its own label, and nothing of whose they are.
#[test]
fn every_session_signal_writes_its_own_series() {
    let sessions = |outcome: &str| format!("counter sse_gate_sessions_total outcome={outcome} 1");
    let reconnects = || "counter sse_gate_reconnects_total 1".to_owned();
    let refused = |reason: &str| format!("counter sse_gate_resume_refused_total reason={reason} 1");
    let closed = |reason: &str| format!("counter sse_gate_sessions_closed_total reason={reason} 1");
    let missed =
        |cause: &str, of: u64| format!("counter sse_gate_events_missed_total cause={cause} {of}");
    let gap = |events, log_lost_writes| SessionSignal::Gap {
        events,
        log_lost_writes,
    };
    let reasons = [
        (CloseReason::Deadline, "deadline"),
        (CloseReason::Idle, "idle"),
        (CloseReason::Revoked, "revoked"),
        (CloseReason::Reuse, "reuse"),
        (CloseReason::Rollback, "rollback"),
        (CloseReason::Displaced, "displaced"),
    ];
    let mut rows = vec![
        (SessionSignal::Opened, vec![sessions("opened")]),
        (
            SessionSignal::Resumed { again: false },
            vec![reconnects(), sessions("resumed")],
        ),
        (
            SessionSignal::Resumed { again: true },
            vec![reconnects(), sessions("resumed_again")],
        ),
        (
            SessionSignal::Reopened,
            vec![reconnects(), sessions("reopened")],
        ),
        (
            SessionSignal::Gone(GoneReason::Complete),
            vec![sessions("complete")],
        ),
        (SessionSignal::Unavailable, vec![sessions("unavailable")]),
        (SessionSignal::TooSoon, vec![sessions("too_soon")]),
        (SessionSignal::NotAdmitted, vec![sessions("not_admitted")]),
        (gap(7, false), vec![missed("trimmed", 7)]),
        (gap(7, true), vec![missed("lost_writes", 1)]),
    ];
    for (reason, label) in reasons {
        let gone = SessionSignal::Gone(GoneReason::Closed(reason));
        rows.push((gone, vec![sessions(&format!("gone_{label}"))]));
        rows.push((SessionSignal::Closed(reason), vec![closed(label)]));
    }
    for (reason, label) in [
        (InvalidIdReason::Malformed, "malformed"),
        (InvalidIdReason::Unknown, "unknown"),
        (InvalidIdReason::Forged, "forged"),
        (InvalidIdReason::OtherToken, "other_token"),
        (InvalidIdReason::BeforeBase, "before_base"),
        (InvalidIdReason::Reuse, "reuse"),
        (InvalidIdReason::Rollback, "rollback"),
    ] {
        rows.push((SessionSignal::Refused(reason), vec![refused(label)]));
    }
    for (signal, expected) in rows {
        let values = written(|observer| SessionObserver::observe(&observer, signal, None));
        assert_eq!(lines(values), expected, "{signal:?}");
    }
}

/// D7: a scrape knows every metric's kind and unit, and sees what may stay at zero for long.
#[test]
fn every_metric_is_described_and_alarms_begin_at_zero() {
    let recorder = Written::default();
    metrics::with_local_recorder(&recorder, MetricsObserver::install);
    let mut described = recorder.described.lock().unwrap().clone();
    described.sort();
    assert_eq!(
        described,
        [
            "counter sse_gate_callers_total",
            "counter sse_gate_connection_errors_total",
            "counter sse_gate_events_missed_total",
            "counter sse_gate_mint_refusals_total",
            "counter sse_gate_reconnects_total",
            "counter sse_gate_requests_turned_away_total",
            "counter sse_gate_resume_refused_total",
            "counter sse_gate_routes_not_stripped_total",
            "counter sse_gate_sessions_closed_total",
            "counter sse_gate_sessions_total",
            "counter sse_gate_store_breaker_openings_total",
            "counter sse_gate_token_requests_total",
            "counter sse_gate_token_validations_total",
            "counter sse_gate_tokens_withdrawn_total",
            "gauge sse_gate_connections",
            "gauge sse_gate_store_breakers_open",
            "histogram sse_gate_connection_duration_seconds seconds",
        ]
    );
    let values = recorder.values.lock().unwrap().clone();
    assert_eq!(
        lines(values.into_iter().collect()),
        [
            "counter sse_gate_connection_errors_total end=disconnected 0",
            "counter sse_gate_connection_errors_total end=failed 0",
            "counter sse_gate_connection_errors_total end=lagged 0",
            "counter sse_gate_reconnects_total 0",
            "counter sse_gate_resume_refused_total reason=reuse 0",
            "counter sse_gate_resume_refused_total reason=rollback 0",
            "counter sse_gate_store_breaker_openings_total store=logs 0",
            "counter sse_gate_store_breaker_openings_total store=sessions 0",
            "counter sse_gate_store_breaker_openings_total store=streams 0",
            "counter sse_gate_store_breaker_openings_total store=tokens 0",
            "gauge sse_gate_store_breakers_open store=logs 0",
            "gauge sse_gate_store_breakers_open store=sessions 0",
            "gauge sse_gate_store_breakers_open store=streams 0",
            "gauge sse_gate_store_breakers_open store=tokens 0",
        ]
    );
}

/// G21: with the buckets that it names, durations are a histogram, which can be added up over
/// servers; and upkeep leaves nothing to pile up for a scrape that never comes.
#[test]
fn durations_are_a_histogram_with_the_named_buckets() {
    use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

    let buckets = MetricsObserver::DURATION_BUCKETS;
    assert!(buckets.is_sorted_by(|a, b| a < b), "{buckets:?}");
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(
            Matcher::Full(MetricsObserver::DURATION.to_owned()),
            &buckets,
        )
        .unwrap()
        .build_recorder();
    metrics::with_local_recorder(&recorder, || {
        let observer = MetricsObserver::install();
        for lasted in [20, 40_000, 7_200_000] {
            let end = StreamEnd::Complete;
            let lasted = Duration::from_millis(lasted);
            Observer::observe(&observer, Signal::StreamClosed { lasted, end });
        }
    });
    recorder.handle().run_upkeep();
    let text = recorder.handle().render();
    for line in [
        "# TYPE sse_gate_connection_duration_seconds histogram",
        "sse_gate_connection_duration_seconds_bucket{le=\"0.1\"} 1",
        "sse_gate_connection_duration_seconds_bucket{le=\"30\"} 1",
        "sse_gate_connection_duration_seconds_bucket{le=\"60\"} 2",
        "sse_gate_connection_duration_seconds_bucket{le=\"3600\"} 2",
        "sse_gate_connection_duration_seconds_bucket{le=\"+Inf\"} 3",
        "sse_gate_connection_duration_seconds_count 3",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} in {text}");
    }
    assert!(!text.contains("quantile"), "{text}");
}

/// C23: a pair of observers is one, for gates and for sessions.
#[test]
fn a_pair_of_observers_counts_twice() {
    let recorder = Written::default();
    metrics::with_local_recorder(&recorder, || {
        let one = MetricsObserver::default();
        Observer::observe(&(one, one), Signal::Issued);
        Observer::observe(&(one, (one, one), one), Signal::Abandoned);
        SessionObserver::observe(&(one, one), SessionSignal::Opened, None);
        SessionObserver::observe(&(one, (), one), SessionSignal::Unavailable, None);
    });
    let values = recorder.values.lock().unwrap().clone();
    assert_eq!(
        lines(values.into_iter().collect()),
        [
            "counter sse_gate_sessions_total outcome=opened 2",
            "counter sse_gate_sessions_total outcome=unavailable 2",
            "counter sse_gate_token_requests_total outcome=issued 2",
            "counter sse_gate_token_validations_total outcome=abandoned 4",
        ]
    );
}
