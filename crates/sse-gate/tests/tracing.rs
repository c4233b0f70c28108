//! `TracingObserver`: what it logs, at which level, and with which errors.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "tracing")]

use std::convert::Infallible;
use std::error::Error;
use std::fmt::{Debug, Write};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::Empty;
use sse_gate::core::{
    CredentialReason, IssueErrorKind, MintRefusalReason, Observer, RefusalReason, Signal,
    StoreRole, StreamEnd,
};
use sse_gate::mint::AuthError;
use sse_gate::sessions::{CloseReason, InvalidIdReason, SessionObserver, SessionSignal};
use sse_gate::{Gate, GateLayer, MemoryStore, SseRoute, TracingObserver};
use tower::{Layer, ServiceExt};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps a line for each event.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {field}={value}");
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut line = Line(format!("{} {}", metadata.level(), metadata.target()));
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The lines that `act` logs.
fn logged(act: impl FnOnce()) -> Vec<String> {
    let lines = Lines::default();
    tracing::subscriber::with_default(lines.clone(), act);
    lines.0.lock().unwrap().clone()
}

fn one(signal: Signal, error: Option<&(dyn Error + 'static)>) -> String {
    let lines = logged(|| match error {
        Some(error) => TracingObserver::default().observe_error(signal, error),
        None => Observer::observe(&TracingObserver::default(), signal),
    });
    assert_eq!(lines.len(), 1, "one line for each signal: {lines:?}");
    lines[0].clone()
}

/// C23: a refusal is logged with its reason, and with the whole chain of errors behind it.
#[test]
fn a_refusal_is_logged_with_its_reason_and_its_errors() {
    let inner = io::Error::other("the key server is down");
    let error = AuthError::of(CredentialReason::Unavailable).because(inner);
    let reason = MintRefusalReason::Credential(CredentialReason::Unavailable);
    assert_eq!(
        one(Signal::MintRefused(reason), Some(&error)),
        "INFO sse_gate message=token request refused reason=credential_unchecked \
         error=credential can't be checked: the key server is down"
    );
    assert_eq!(
        one(Signal::MintRefused(MintRefusalReason::Forbidden), None),
        "INFO sse_gate message=token request refused reason=forbidden"
    );
}

/// C23: the level says what needs looking into.
#[test]
fn the_level_says_what_needs_looking_into() {
    let store = StoreRole::Tokens;
    let closed = |end| Signal::StreamClosed {
        lasted: Duration::ZERO,
        end,
    };
    let rows = [
        (Signal::Issued, "DEBUG", "Issued"),
        (Signal::Redeemed { continues: false }, "DEBUG", "Redeemed"),
        (Signal::StreamOpened, "DEBUG", "StreamOpened"),
        (Signal::TokenNotStripped, "WARN", "reason=not_stripped"),
        (closed(StreamEnd::Complete), "DEBUG", "Complete"),
        (closed(StreamEnd::Failed), "WARN", "reason=failed"),
        (
            Signal::IssueRefused(IssueErrorKind::CredentialExpired),
            "INFO",
            "no token issued reason=credential_expired",
        ),
        (
            Signal::IssueRefused(IssueErrorKind::NoEntropy),
            "WARN",
            "no token issued reason=no_entropy",
        ),
        (
            Signal::IssueRefused(IssueErrorKind::StoreUnavailable),
            "WARN",
            "no token issued reason=store_unavailable",
        ),
        (
            Signal::Refused(RefusalReason::Used),
            "INFO",
            "token refused reason=used",
        ),
        (
            Signal::Refused(RefusalReason::Unavailable),
            "WARN",
            "token refused reason=unavailable",
        ),
        (
            Signal::Refused(RefusalReason::Corrupt),
            "WARN",
            "token refused reason=corrupt",
        ),
        (
            Signal::CallerRefused(MintRefusalReason::Forbidden),
            "INFO",
            "caller refused reason=forbidden",
        ),
        (
            Signal::TurnedAway { check: "accept" },
            "INFO",
            "request turned away reason=accept",
        ),
        (
            Signal::BreakerChanged {
                store,
                is_open: true,
            },
            "WARN",
            "store is not asked for a while reason=tokens",
        ),
        (
            Signal::BreakerChanged {
                store,
                is_open: false,
            },
            "WARN",
            "store answers again reason=tokens",
        ),
    ];
    for (signal, level, words) in rows {
        let line = one(signal, None);
        assert!(line.starts_with(&format!("{level} sse_gate ")), "{line}");
        assert!(line.contains(words), "{line}");
        let error = io::Error::other("why");
        let line = one(signal, Some(&error));
        assert!(line.ends_with("error=why"), "{line}");
    }
}

/// C23: sessions are logged by the same observer, a stolen id as a warning.
#[test]
fn sessions_are_logged_too() {
    let rows = [
        (
            SessionSignal::Refused(InvalidIdReason::Reuse),
            "WARN",
            "reason=reuse",
        ),
        (
            SessionSignal::Refused(InvalidIdReason::Rollback),
            "WARN",
            "reason=rollback",
        ),
        (
            SessionSignal::Refused(InvalidIdReason::Unknown),
            "INFO",
            "reason=unknown",
        ),
        (
            SessionSignal::Closed(CloseReason::Idle),
            "DEBUG",
            "reason=idle",
        ),
        (SessionSignal::Unavailable, "WARN", "reason=unavailable"),
        (SessionSignal::Opened, "DEBUG", "signal=Opened"),
    ];
    for (signal, level, words) in rows {
        let lines = logged(|| SessionObserver::observe(&TracingObserver::default(), signal, None));
        assert_eq!(lines.len(), 1);
        assert!(
            lines[0].starts_with(level) && lines[0].ends_with(words),
            "{lines:?}"
        );
    }
}

/// D5: what a store or an authenticator says goes into a log, so it can't write lines of its own.
#[test]
fn an_error_can_not_forge_a_line() {
    let error =
        io::Error::other("bad\nINFO all is well\r\u{1b}[2J\u{9b}2J\u{7f}\u{2028}\u{202e}\u{2066}");
    let line = one(Signal::MintRefused(MintRefusalReason::Path), Some(&error));
    assert!(!line.contains(char::is_control), "{line:?}");
    assert!(
        !line.contains(['\u{2028}', '\u{202e}', '\u{2066}']),
        "{line:?}"
    );
    assert!(line.contains("INFO all is well"));
}

/// B17: a route whose tokens are not stripped is logged once, by its pattern.
#[tokio::test]
async fn a_route_that_is_not_stripped_is_logged_by_its_pattern() {
    let gate = Gate::builder().with_observer(TracingObserver::default());
    let route = SseRoute::new("/rooms/{room}").unwrap();
    let service =
        GateLayer::new(&gate.build(MemoryStore::default()), route).layer(tower::service_fn(
            async |_| Ok::<_, Infallible>(http::Response::new(Empty::<bytes::Bytes>::new())),
        ));
    let lines = Lines::default();
    let logging = tracing::subscriber::set_default(lines.clone());
    for _ in 0..2 {
        let request = http::Request::get("/rooms/7?token=secret")
            .header("accept", "text/event-stream")
            .body(Empty::<bytes::Bytes>::new())
            .unwrap();
        service.clone().oneshot(request).await.unwrap();
    }
    drop(logging);
    let lines = lines.0.lock().unwrap().clone();
    let mut told = lines.iter().filter(|line| line.contains("not_stripped"));
    assert!(
        told.next().unwrap().contains("\"/rooms/{room}\""),
        "{lines:?}"
    );
    assert!(told.next().is_none() && !lines.concat().contains("secret"));
}
