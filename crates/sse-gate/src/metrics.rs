//! Counts what happens, with the `metrics` facade: [`MetricsObserver`].
//!
//! # Tokens and requests
//!
//! | metric | kind | labels |
//! |---|---|---|
//! | `sse_gate_token_requests_total` | counter | `outcome`: `issued`, or why the gate issued none |
//! | `sse_gate_mint_refusals_total` | counter | `reason`: why a mint refused, including the reasons of the gate |
//! | `sse_gate_callers_total` | counter | `outcome`: `admitted` to a new stream, for which there may still be no place, or why a caller with its own credential was refused |
//! | `sse_gate_token_validations_total` | counter | `outcome`: `redeemed`, `abandoned`, or why the token was refused |
//! | `sse_gate_tokens_withdrawn_total` | counter | |
//! | `sse_gate_requests_turned_away_total` | counter | `check`: the [check](crate::GateRejection::as_str) that failed |
//! | `sse_gate_routes_not_stripped_total` | counter | |
//!
//! # Streams and stores
//!
//! | metric | kind | labels |
//! |---|---|---|
//! | `sse_gate_connections` | gauge | |
//! | `sse_gate_connection_errors_total` | counter | `end`: `failed`, `lagged`, `disconnected` |
//! | `sse_gate_connection_duration_seconds` | histogram, in seconds | |
//! | `sse_gate_store_breakers_open` | gauge | `store`: `tokens`, `sessions`, `logs`, `streams` |
//! | `sse_gate_store_breaker_openings_total` | counter | `store` |
//!
//! # Sessions of resumable streams
//!
//! | metric | kind | labels |
//! |---|---|---|
//! | `sse_gate_reconnects_total` | counter | |
//! | `sse_gate_sessions_total` | counter | `outcome`: `opened`, `resumed`, `resumed_again`, `reopened`, `complete`, `too_soon`, `not_admitted`, `unavailable`, or `gone_…` with the reason why the session is over |
//! | `sse_gate_resume_refused_total` | counter | `reason`: alert on `reuse` (a stolen id) and `rollback` (a store that lost writes) |
//! | `sse_gate_sessions_closed_total` | counter | `reason`: why a session was closed |
//! | `sse_gate_events_missed_total` | counter | `cause`: `trimmed` or `lost_writes` |
//!
//! All labels come from closed sets. No label has a token, subject, path or id in it.
//!
//! # Durations
//!
//! Streams last from milliseconds to an hour. Some exporters turn histograms into quantiles, as
//! `metrics-exporter-prometheus` does by default. Quantiles of several servers can't be added up. So give
//! the exporter [`MetricsObserver::DURATION_BUCKETS`] for [`MetricsObserver::DURATION`]. Also run its
//! upkeep, which bounds the memory for values that are not scraped:
//!
//! ```
//! use std::time::Duration;
//! use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
//! use sse_gate::MetricsObserver;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (name, buckets) = (MetricsObserver::DURATION, MetricsObserver::DURATION_BUCKETS);
//! let handle = PrometheusBuilder::new()
//!     .set_buckets_for_metric(Matcher::Full(name.to_owned()), &buckets)?
//!     .install_recorder()?;
//! let observer = MetricsObserver::install();
//! tokio::spawn({
//!     let handle = handle.clone();
//!     async move {
//!         let mut ticks = tokio::time::interval(Duration::from_secs(5));
//!         loop {
//!             ticks.tick().await;
//!             handle.run_upkeep();
//!         }
//!     }
//! });
//! # let _ = observer;
//! # Ok(())
//! # }
//! ```

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use sse_gate_core::{Observer, Signal, StoreRole, StreamEnd};
use sse_gate_resume::{
    CloseReason, GoneReason, InvalidIdReason, SessionInfo, SessionObserver, SessionSignal,
};

/// Counts what it observes, with the `metrics` recorder that the program has installed. See the
/// [module](self) for the metrics.
///
/// ```
/// use sse_gate::{Gate, MetricsObserver};
///
/// // Install the exporter first.
/// let gate = Gate::builder().with_observer(MetricsObserver::install()).in_memory();
/// # let _ = gate;
/// ```
///
/// To write logs too, give the gate a pair of observers, this one and a `TracingObserver`.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct MetricsObserver;

const REQUESTS: &str = "sse_gate_token_requests_total";
const MINT_REFUSALS: &str = "sse_gate_mint_refusals_total";
const CALLERS: &str = "sse_gate_callers_total";
const VALIDATIONS: &str = "sse_gate_token_validations_total";
const WITHDRAWN: &str = "sse_gate_tokens_withdrawn_total";
const TURNED_AWAY: &str = "sse_gate_requests_turned_away_total";
const NOT_STRIPPED: &str = "sse_gate_routes_not_stripped_total";
const CONNECTIONS: &str = "sse_gate_connections";
const ERRORS: &str = "sse_gate_connection_errors_total";
const DURATION: &str = MetricsObserver::DURATION;
const RECONNECTS: &str = "sse_gate_reconnects_total";
const BREAKERS_OPEN: &str = "sse_gate_store_breakers_open";
const BREAKER_OPENINGS: &str = "sse_gate_store_breaker_openings_total";

const SESSIONS: &str = "sse_gate_sessions_total";
const RESUME_REFUSED: &str = "sse_gate_resume_refused_total";
const SESSIONS_CLOSED: &str = "sse_gate_sessions_closed_total";
const EVENTS_MISSED: &str = "sse_gate_events_missed_total";

impl MetricsObserver {
    /// The name of the histogram that has the durations of streams, in seconds.
    pub const DURATION: &str = "sse_gate_connection_duration_seconds";

    /// Upper bounds for the buckets of that histogram, in seconds: from streams that break at once to
    /// streams that last an hour, the default maximum of a gate.
    pub const DURATION_BUCKETS: [f64; 12] = [
        0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0,
    ];

    /// Describes the metrics to the recorder. The recorder must be installed before. Metrics for alarms
    /// are set to zero, so that an alarm sees them from the start.
    pub fn install() -> Self {
        describe_counter!(REQUESTS, "Requests for stream tokens, by their outcome");
        describe_counter!(
            MINT_REFUSALS,
            "Requests refused where tokens are issued, by the reason"
        );
        describe_counter!(
            CALLERS,
            "Callers that came with a credential of their own, by their outcome"
        );
        describe_counter!(VALIDATIONS, "Stream tokens shown, by their outcome");
        describe_counter!(WITHDRAWN, "Stream tokens withdrawn before they were used");
        describe_counter!(
            TURNED_AWAY,
            "Requests turned away before their token was looked at"
        );
        describe_counter!(
            NOT_STRIPPED,
            "Routes whose tokens were not stripped before the gate, and so are in logs"
        );
        describe_gauge!(CONNECTIONS, "Streams open now");
        describe_counter!(ERRORS, "Streams that ended before they were complete");
        describe_histogram!(DURATION, Unit::Seconds, "How long streams were open");
        describe_counter!(RECONNECTS, "Streams opened to go on with an earlier one");
        describe_gauge!(BREAKERS_OPEN, "Stores that are not asked for a while");
        describe_counter!(BREAKER_OPENINGS, "How often a store was found to be broken");
        describe_counter!(
            SESSIONS,
            "What became of sessions, and of clients that came back"
        );
        describe_counter!(RESUME_REFUSED, "Resume ids refused, by the reason");
        describe_counter!(SESSIONS_CLOSED, "Sessions closed on purpose, by the reason");
        describe_counter!(EVENTS_MISSED, "Events that clients missed for good");
        for alarm in [InvalidIdReason::Reuse, InvalidIdReason::Rollback] {
            counter!(RESUME_REFUSED, "reason" => alarm.as_str()).increment(0);
        }
        counter!(RECONNECTS).increment(0);
        for store in [
            StoreRole::Tokens,
            StoreRole::Sessions,
            StoreRole::Logs,
            StoreRole::Streams,
        ] {
            gauge!(BREAKERS_OPEN, "store" => store.as_str()).increment(0);
            counter!(BREAKER_OPENINGS, "store" => store.as_str()).increment(0);
        }
        for end in ["failed", "lagged", "disconnected"] {
            counter!(ERRORS, "end" => end).increment(0);
        }
        Self
    }
}

impl Observer for MetricsObserver {
    fn observe(&self, signal: Signal) {
        match signal {
            Signal::Issued => counter!(REQUESTS, "outcome" => "issued").increment(1),
            Signal::IssueRefused(kind) => {
                counter!(REQUESTS, "outcome" => kind.as_str()).increment(1);
            }
            Signal::Redeemed { continues } => {
                counter!(VALIDATIONS, "outcome" => "redeemed").increment(1);
                counter!(RECONNECTS).increment(u64::from(continues));
            }
            Signal::Refused(reason) => {
                counter!(VALIDATIONS, "outcome" => reason.as_str()).increment(1);
            }
            Signal::Abandoned => counter!(VALIDATIONS, "outcome" => "abandoned").increment(1),
            Signal::Withdrawn { tokens } => counter!(WITHDRAWN).increment(tokens as u64),
            Signal::TurnedAway { check } => counter!(TURNED_AWAY, "check" => check).increment(1),
            Signal::TokenNotStripped => counter!(NOT_STRIPPED).increment(1),
            Signal::MintRefused(reason) => {
                counter!(MINT_REFUSALS, "reason" => reason.as_str()).increment(1);
            }
            Signal::CallerAdmitted => counter!(CALLERS, "outcome" => "admitted").increment(1),
            Signal::CallerRefused(reason) => {
                counter!(CALLERS, "outcome" => reason.as_str()).increment(1);
            }
            Signal::BreakerChanged { store, is_open } => breaker_changed(store, is_open),
            Signal::StreamOpened => gauge!(CONNECTIONS).increment(1),
            Signal::StreamClosed { lasted, end } => {
                gauge!(CONNECTIONS).decrement(1);
                histogram!(DURATION).record(lasted);
                match end {
                    StreamEnd::Failed => counter!(ERRORS, "end" => "failed").increment(1),
                    StreamEnd::Lagged => counter!(ERRORS, "end" => "lagged").increment(1),
                    StreamEnd::Disconnected => {
                        counter!(ERRORS, "end" => "disconnected").increment(1);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// Adds and subtracts, because several gates of a process may have a breaker for each store.
fn breaker_changed(store: StoreRole, is_open: bool) {
    let open = gauge!(BREAKERS_OPEN, "store" => store.as_str());
    if is_open {
        open.increment(1);
        counter!(BREAKER_OPENINGS, "store" => store.as_str()).increment(1);
    } else {
        open.decrement(1);
    }
}

impl SessionObserver for MetricsObserver {
    fn observe(&self, signal: SessionSignal, _: Option<SessionInfo<'_>>) {
        if let Some(outcome) = session_label(signal) {
            counter!(SESSIONS, "outcome" => outcome).increment(1);
        }
        match signal {
            SessionSignal::Resumed { .. } | SessionSignal::Reopened => {
                counter!(RECONNECTS).increment(1);
            }
            SessionSignal::Refused(refused) => {
                counter!(RESUME_REFUSED, "reason" => refused.as_str()).increment(1);
            }
            SessionSignal::Closed(reason) => {
                counter!(SESSIONS_CLOSED, "reason" => reason.as_str()).increment(1);
            }
            SessionSignal::Gap {
                events,
                log_lost_writes,
            } => {
                // Only the client knows how many events the log has lost.
                let (cause, events) = if log_lost_writes {
                    ("lost_writes", 1)
                } else {
                    ("trimmed", events)
                };
                counter!(EVENTS_MISSED, "cause" => cause).increment(events);
            }
            _ => {}
        }
    }
}

fn session_label(signal: SessionSignal) -> Option<&'static str> {
    Some(match signal {
        SessionSignal::Opened => "opened",
        SessionSignal::Resumed { again: false } => "resumed",
        SessionSignal::Resumed { again: true } => "resumed_again",
        SessionSignal::Reopened => "reopened",
        SessionSignal::Gone(GoneReason::Complete) => "complete",
        SessionSignal::Gone(GoneReason::Closed(reason)) => gone_label(reason),
        SessionSignal::TooSoon => "too_soon",
        SessionSignal::NotAdmitted => "not_admitted",
        SessionSignal::Unavailable => "unavailable",
        _ => return None,
    })
}

fn gone_label(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Deadline => "gone_deadline",
        CloseReason::Idle => "gone_idle",
        CloseReason::Revoked => "gone_revoked",
        CloseReason::Reuse => "gone_reuse",
        CloseReason::Rollback => "gone_rollback",
        CloseReason::Displaced => "gone_displaced",
        _ => "gone",
    }
}
