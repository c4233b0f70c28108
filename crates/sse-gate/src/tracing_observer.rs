//! Logs what happens, with the `tracing` facade: [`TracingObserver`].

use std::error::Error;
use std::fmt;

use sse_gate_core::{IssueErrorKind, Observer, RefusalReason, Signal, StreamEnd};
use sse_gate_resume::{InvalidIdReason, SessionInfo, SessionObserver, SessionSignal};
use tracing::Level;

/// Writes what it observes to the `tracing` subscriber that the program has installed, with the errors
/// behind it. The target is `sse_gate`.
///
/// | level | what |
/// |---|---|
/// | `warn` | a store that fails, a stream that failed, damaged entries, stolen resume ids, a token that was not stripped |
/// | `info` | a refusal and its reason |
/// | `debug` | everything else |
///
/// | field | value |
/// |---|---|
/// | `reason` | the label that the metrics have too |
/// | `error` | the error with all of its sources, in one line |
/// | `signal` | the whole [`Signal`], for events without a reason |
///
/// No field has a token, a credential or a subject in it. The pattern of a route is there for a token that
/// was not stripped, and no path of a request. Errors of your own authenticators and stores are written as
/// they print: don't put secrets into them.
///
/// ```
/// use sse_gate::{Gate, TracingObserver};
///
/// let gate = Gate::builder().with_observer(TracingObserver::default()).in_memory();
/// # let _ = gate;
/// ```
///
/// To count too, give the gate a pair of observers:
/// `(MetricsObserver::install(), TracingObserver::default())`.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct TracingObserver;

impl Observer for TracingObserver {
    fn observe(&self, signal: Signal) {
        log(signal, None);
    }

    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        log(signal, Some(Chain(error)));
    }
}

impl SessionObserver for TracingObserver {
    fn observe(&self, signal: SessionSignal, _: Option<SessionInfo<'_>>) {
        match signal {
            SessionSignal::Refused(
                refused @ (InvalidIdReason::Reuse | InvalidIdReason::Rollback),
            ) => {
                event(Level::WARN, "resume id refused", refused.as_str(), None);
            }
            SessionSignal::Refused(refused) => {
                event(Level::INFO, "resume id refused", refused.as_str(), None);
            }
            SessionSignal::Closed(reason) => {
                event(Level::DEBUG, "session closed", reason.as_str(), None);
            }
            SessionSignal::Unavailable => {
                event(
                    Level::WARN,
                    "session store unavailable",
                    "unavailable",
                    None,
                );
            }
            other => tracing::debug!(target: TARGET, signal = ?other, "session"),
        }
    }
}

const TARGET: &str = "sse_gate";

fn log(signal: Signal, error: Option<Chain<'_>>) {
    match signal {
        Signal::MintRefused(reason) => {
            event(Level::INFO, "token request refused", reason.as_str(), error);
        }
        Signal::CallerRefused(reason) => {
            event(Level::INFO, "caller refused", reason.as_str(), error);
        }
        Signal::IssueRefused(kind) => {
            let level = match kind {
                IssueErrorKind::NoEntropy | IssueErrorKind::StoreUnavailable => Level::WARN,
                _ => Level::INFO,
            };
            event(level, "no token issued", kind.as_str(), error);
        }
        Signal::Refused(reason) => {
            let level = match reason {
                RefusalReason::Unavailable | RefusalReason::Corrupt => Level::WARN,
                _ => Level::INFO,
            };
            event(level, "token refused", reason.as_str(), error);
        }
        Signal::TurnedAway { check } => event(Level::INFO, "request turned away", check, error),
        Signal::BreakerChanged { store, is_open } => {
            let message = if is_open {
                "store is not asked for a while"
            } else {
                "store answers again"
            };
            event(Level::WARN, message, store.as_str(), error);
        }
        Signal::TokenNotStripped => {
            event(Level::WARN, "token not stripped", "not_stripped", error);
        }
        Signal::StreamClosed {
            end: StreamEnd::Failed,
            ..
        } => event(Level::WARN, "stream failed", "failed", error),
        other if error.is_some() => {
            let error = error.map(tracing::field::display);
            tracing::warn!(target: TARGET, signal = ?other, error, "gate");
        }
        other => tracing::debug!(target: TARGET, signal = ?other, "gate"),
    }
}

fn event(level: Level, message: &'static str, reason: &'static str, error: Option<Chain<'_>>) {
    let error = error.map(tracing::field::display);
    match level {
        Level::WARN => tracing::warn!(target: TARGET, reason, error, "{message}"),
        Level::INFO => tracing::info!(target: TARGET, reason, error, "{message}"),
        _ => tracing::debug!(target: TARGET, reason, error, "{message}"),
    }
}

/// An error with its sources, in one line. Characters that control terminals or parsers of logs are
/// replaced.
struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = self.0.to_string();
        let mut next = self.0.source();
        while let Some(error) = next {
            line.push_str(": ");
            line.push_str(&error.to_string());
            next = error.source();
        }
        f.write_str(&line.replace(is_obeyed, "\u{fffd}"))
    }
}

/// Whether a character controls a terminal or a line: control characters, the separators of lines and
/// paragraphs, and characters with Unicode's property `Bidi_Control`.
fn is_obeyed(char: char) -> bool {
    let turns = matches!(
        char,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    char.is_control() || turns || matches!(char, '\u{2028}' | '\u{2029}')
}
