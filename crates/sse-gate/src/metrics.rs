//! Counts what happens, over the `metrics` facade: [`MetricsObserver`].
//!
//! | metric | kind | labels |
//! |---|---|---|
//! | `sse_gate_token_requests_total` | counter | `outcome`: `issued`, or why not |
//! | `sse_gate_token_validations_total` | counter | `outcome`: `redeemed`, or why not |
//! | `sse_gate_tokens_withdrawn_total` | counter | |
//! | `sse_gate_requests_turned_away_total` | counter | `check`: the one that failed |
//! | `sse_gate_connections` | gauge | |
//! | `sse_gate_connection_errors_total` | counter | `end`: `failed`, `lagged`, `disconnected` |
//! | `sse_gate_connection_duration_seconds` | histogram | |
//! | `sse_gate_reconnects_total` | counter | |
//! | `sse_gate_sessions_total` | counter | `outcome`: `opened`, `resumed`, `resumed_again`, `reopened`, `complete`, `unavailable`; of those that are over, `gone_` and why |
//! | `sse_gate_resume_refused_total` | counter | `reason`: `reuse` and `rollback` are alarms |
//! | `sse_gate_sessions_closed_total` | counter | `reason`: those that were closed on purpose |
//! | `sse_gate_events_missed_total` | counter | `cause`: `trimmed`, or `lost_writes` |
//!
//! All labels come from closed sets: no token, subject, path or id is in any.

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use sse_gate_core::{Cap, IssueErrorKind, Observer, Signal, StreamEnd};
use sse_gate_resume::{About, CloseReason, Gone, Refused, SessionObserver, SessionSignal};

/// Writes what it observes to the recorder that the program has installed.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct MetricsObserver;

const REQUESTS: &str = "sse_gate_token_requests_total";
const VALIDATIONS: &str = "sse_gate_token_validations_total";
const WITHDRAWN: &str = "sse_gate_tokens_withdrawn_total";
const TURNED_AWAY: &str = "sse_gate_requests_turned_away_total";
const CONNECTIONS: &str = "sse_gate_connections";
const ERRORS: &str = "sse_gate_connection_errors_total";
const DURATION: &str = "sse_gate_connection_duration_seconds";
const RECONNECTS: &str = "sse_gate_reconnects_total";

const SESSIONS: &str = "sse_gate_sessions_total";
const RESUME_REFUSED: &str = "sse_gate_resume_refused_total";
const SESSIONS_CLOSED: &str = "sse_gate_sessions_closed_total";
const EVENTS_MISSED: &str = "sse_gate_events_missed_total";

impl MetricsObserver {
    /// Describes the metrics to the recorder, which must be installed before, and sets those to zero
    /// that may stay so for long: an alarm needs to see them from the start.
    pub fn install() -> Self {
        describe_counter!(REQUESTS, "Requests for stream tokens, by their outcome");
        describe_counter!(VALIDATIONS, "Stream tokens shown, by their outcome");
        describe_counter!(WITHDRAWN, "Stream tokens withdrawn before they were used");
        describe_counter!(
            TURNED_AWAY,
            "Requests turned away before their token was looked at"
        );
        describe_gauge!(CONNECTIONS, "Streams open now");
        describe_counter!(ERRORS, "Streams that ended before they were complete");
        describe_histogram!(DURATION, Unit::Seconds, "How long streams were open");
        describe_counter!(RECONNECTS, "Streams opened to go on with an earlier one");
        describe_counter!(
            SESSIONS,
            "What became of sessions, and of clients that came back"
        );
        describe_counter!(RESUME_REFUSED, "Resume ids refused, by the reason");
        describe_counter!(SESSIONS_CLOSED, "Sessions closed on purpose, by the reason");
        describe_counter!(EVENTS_MISSED, "Events that clients missed for good");
        for alarm in [Refused::Reuse, Refused::Rollback] {
            counter!(RESUME_REFUSED, "reason" => alarm.as_str()).increment(0);
        }
        counter!(RECONNECTS).increment(0);
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
                counter!(REQUESTS, "outcome" => issue_label(kind)).increment(1);
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

impl SessionObserver for MetricsObserver {
    fn observe(&self, signal: SessionSignal, _: Option<About<'_>>) {
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
                // How many a log has lost, only the client says.
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
        SessionSignal::Gone(Gone::Complete) => "complete",
        SessionSignal::Gone(Gone::Closed(reason)) => gone_label(reason),
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

fn issue_label(kind: IssueErrorKind) -> &'static str {
    match kind {
        IssueErrorKind::CredentialExpired => "credential_expired",
        IssueErrorKind::Withdrawn => "withdrawn",
        IssueErrorKind::NoEntropy => "no_entropy",
        IssueErrorKind::StoreUnavailable => "store_unavailable",
        IssueErrorKind::Full(cap) => match cap {
            Cap::TokensPerSubject => "full_tokens_per_subject",
            Cap::TokensInAll => "full_tokens_in_all",
            Cap::PayloadPerToken => "full_payload_per_token",
            Cap::PayloadPerSubject => "full_payload_per_subject",
            Cap::PayloadInAll => "full_payload_in_all",
            _ => "full",
        },
        _ => "other",
    }
}
