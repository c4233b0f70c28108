//! What handlers are given, and what they may answer with.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use http::{Extensions, Request, Response};
use http_body_util::BodyExt;
use sse_gate::core::{Clock, Observer, Signal};
use sse_gate::sessions::{LogBudget, LogLimits, SessionInfo, SessionObserver, SessionSignal};
use sse_gate::{
    AttachError, Event, Gate, GrantRequest, Granted, Log, Logs, Resource, ResumableBody,
    ResumableStream, Subject,
};
use support::{Body, World, get};
use tower::{Layer, ServiceExt};

fn request() -> GrantRequest {
    let subject = Subject::new("alice").unwrap();
    GrantRequest::new(subject, Resource::new(["rooms", "7"]).unwrap())
}

/// A handler is tested without a gate: it gets what a gate with the default settings grants.
#[tokio::test]
async fn a_grant_for_a_test_is_as_a_gate_grants_it() {
    let granted = Granted::for_test(request().with_payload("a question").unwrap()).await;
    assert_eq!(granted.subject().as_str(), "alice");
    let parts: Vec<_> = granted.resource().parts().collect();
    assert_eq!(parts, ["rooms", "7"]);
    assert_eq!(granted.payload::<String>().unwrap(), "a question");
    let hour = Duration::from_secs(60 * 60);
    let left = granted.time_left();
    assert!(
        left <= hour && left > Duration::from_secs(59 * 60),
        "{left:?}"
    );
    let soon = sse_gate::core::SystemClock
        .now()
        .saturating_add(Duration::from_secs(90));
    let granted = Granted::for_test(request().with_deadline(soon)).await;
    assert!(granted.time_left() <= Duration::from_secs(90));
    assert_eq!(granted.deadline(), soon);

    let mut extensions = Extensions::new();
    extensions.insert(granted.clone());
    assert_eq!(
        Granted::of(&extensions).unwrap().subject(),
        granted.subject()
    );
}

/// D15: what is missing says what to do about it.
#[tokio::test]
async fn a_missing_grant_says_what_is_missing() {
    let mut extensions = Extensions::new();
    let no_layer = Granted::of(&extensions).unwrap_err();
    assert!(no_layer.to_string().contains("GateLayer"), "{no_layer}");
    let no_stream = ResumableStream::of(&extensions).unwrap_err();
    assert_eq!(no_stream, no_layer, "the layer is what is missing");
    extensions.insert(Granted::for_test(request()).await);
    let strict = ResumableStream::of(&extensions).unwrap_err();
    assert_ne!(strict, no_layer);
    assert!(
        strict.to_string().contains("the route is strict"),
        "{strict}"
    );
    assert!(strict.to_string().contains("resumable"), "{strict}");
}

/// What was read of a stream that a handler attached in this way.
async fn opened<F>(log: &Log, attach: impl Fn(ResumableStream, Log) -> F) -> String
where
    F: Future<Output = Result<ResumableBody, AttachError>>,
{
    let world = World::new();
    let sessions = world.gate.new_sessions().unwrap();
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let seen = std::sync::Mutex::new(None);
    let service = world.layer().resumable(&sessions);
    let service = service.layer(tower::service_fn(async |request: Request<Body>| {
        let stream = ResumableStream::of(request.extensions()).unwrap();
        *seen.lock().unwrap() = Some(stream.clone());
        Ok::<_, Infallible>(Response::new(Body::new()))
    }));
    // The stream is attached outside of the handler, while its response is kept.
    let _response = service.oneshot(get(&uri)).await.unwrap();
    let stream = seen.lock().unwrap().take().unwrap();
    assert_eq!(stream.cursor(), None, "a token says nothing of a number");
    let mut body = Box::pin(attach(stream, log.clone()).await.unwrap());
    let mut text = Vec::new();
    while let Some(Some(frame)) = body.frame().now_or_never() {
        text.extend_from_slice(&frame.unwrap().into_data().unwrap());
    }
    String::from_utf8(text).unwrap()
}

fn data(text: &str) -> Vec<&str> {
    let lines = text.lines();
    let data = lines.filter_map(|line| line.strip_prefix("data: "));
    data.filter(|data| !data.starts_with('{')).collect()
}

/// A feed begins where its handler says: with what comes, with the last events, or behind one.
#[tokio::test]
async fn a_feed_begins_where_its_handler_says() {
    let limits = LogLimits::default().with_max_events(3);
    let log = Logs::new(limits, LogBudget::default())
        .create()
        .await
        .unwrap();
    for text in ["1", "2", "3", "4", "5"] {
        log.append(&Event::new().data(text)).await.unwrap();
    }
    let now = opened(&log, async |stream, log| stream.follow(&log).await).await;
    assert!(
        data(&now).is_empty() && now.contains(r#""gap":null"#),
        "{now}"
    );
    for (count, expected) in [(0, &[][..]), (2, &["4", "5"]), (9, &["3", "4", "5"])] {
        let text = opened(&log, async |stream, log| {
            stream.follow(&log).last(count).await
        })
        .await;
        assert_eq!(data(&text), expected, "the last {count}");
        assert!(text.contains(r#""gap":null"#), "{text}");
    }
    for (seq, expected, gap) in [
        (5, &[][..], "null"),
        (3, &["4", "5"], "null"),
        (1, &["3", "4", "5"], r#"{"from":2,"to":2}"#),
    ] {
        let text = opened(&log, async |stream, log| {
            stream.follow(&log).after(seq).await
        })
        .await;
        assert_eq!(data(&text), expected, "after {seq}");
        assert!(
            text.contains(&format!(r#""gap":{gap}"#)),
            "after {seq}: {text}"
        );
    }
}

/// The observer of a gate is told of the sessions that it makes.
#[tokio::test]
async fn the_observer_of_a_gate_is_told_of_its_sessions() {
    #[derive(Debug, Default)]
    struct Opened(AtomicUsize);

    impl Observer for Opened {
        fn observe(&self, _: Signal) {}
    }

    impl SessionObserver for Opened {
        fn observe(&self, signal: SessionSignal, _: Option<SessionInfo<'_>>) {
            self.0.fetch_add(
                usize::from(signal == SessionSignal::Opened),
                Ordering::Relaxed,
            );
        }
    }

    let opened = Arc::new(Opened::default());
    let gate = Gate::builder().with_observer(Arc::clone(&opened));
    let world = World {
        gate: gate.in_memory(),
        ..World::new()
    };
    let (sessions, log) = (world.gate.new_sessions().unwrap(), world.gate.new_logs());
    let log = log.create().await.unwrap();
    let service = world.layer().resumable(&sessions);
    let service = service.layer(tower::service_fn(async |request: Request<Body>| {
        let stream = ResumableStream::of(request.extensions()).unwrap();
        let body = stream.follow(&log).await.unwrap();
        Ok::<_, Infallible>(body.into_response())
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let response = service.oneshot(get(&uri)).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(opened.0.load(Ordering::Relaxed), 1);
}

/// Everything that a handler may return is a response of axum's, on its own and in a `Result`.
#[cfg(feature = "axum")]
#[tokio::test]
async fn what_a_handler_returns_is_a_response() {
    use axum_core::response::IntoResponse;
    use sse_gate::mint::{AuthError, Denied};
    use sse_gate::{GateRejection, Problem, SseBody};

    let events = futures_util::stream::iter([Ok::<_, Infallible>(Event::new().data("x"))]);
    let body = IntoResponse::into_response(SseBody::new(events));
    assert_eq!(body.headers()["content-type"], "text/event-stream");
    let text = body.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(text, "data: x\n\n");

    let issued = Gate::in_memory().issue(request()).await.unwrap();
    let issued = IntoResponse::into_response(issued);
    assert_eq!(
        (issued.status().as_u16(), &issued.headers()["cache-control"]),
        (200, &"no-store".parse().unwrap())
    );

    let strict = Granted::of(&Extensions::new()).unwrap_err();
    let failed: Result<(), Denied> = Err(Denied::NotFound);
    let rows = [
        (
            Problem::new(http::StatusCode::IM_A_TEAPOT, "Tea.")
                .into_response()
                .map(axum_core::body::Body::new),
            418,
        ),
        (AttachError::OtherLog.into_response(), 410),
        (AuthError::missing().into_response(), 401),
        (Denied::Forbidden.into_response(), 403),
        (strict.into_response(), 500),
        (GateRejection::Capacity.into_response(), 503),
        (failed.into_response(), 404),
    ];
    for (response, status) in rows {
        assert_eq!(response.status(), status);
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!body.is_empty());
    }
}

/// An extractor of an option is none where there is no gate, and refuses nothing.
#[cfg(feature = "axum")]
#[tokio::test]
async fn an_option_of_a_grant_refuses_nothing() {
    use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};

    async fn granted(parts: &mut http::request::Parts) -> Option<Granted> {
        <Granted as OptionalFromRequestParts<()>>::from_request_parts(parts, &())
            .await
            .unwrap()
    }

    let (mut parts, ()) = Request::new(()).into_parts();
    assert!(granted(&mut parts).await.is_none());
    let stream = <Option<ResumableStream>>::from_request_parts(&mut parts, &()).await;
    assert!(stream.unwrap().is_none());
    parts.extensions.insert(Granted::for_test(request()).await);
    assert_eq!(
        granted(&mut parts).await.unwrap().subject().as_str(),
        "alice"
    );
}
