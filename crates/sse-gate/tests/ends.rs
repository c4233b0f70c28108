//! How streams end that wait, and what is told of those that were left.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use sse_gate::core::{Signal, StreamEnd};
use sse_gate::mint::{Bearer, Denied, Identity, MintRequest, MintService};
use sse_gate::{
    Event, GateLayer, Logs, MemorySessions, Resumable, ResumableStream, ResumeKeys, Sessions,
    SseBody, StreamSlots, Subject,
};
use support::{Body, World, get};
use tower::{Layer, ServiceExt};

type Said = Result<Event<'static>, &'static str>;

type BoxBody = UnsyncBoxBody<Bytes, Infallible>;

/// A stream of one event, which then waits for ever, behind this layer.
async fn waiting(world: &World, layer: GateLayer) -> Response<BoxBody> {
    let service = layer.layer(tower::service_fn(async |_: Request<Body>| {
        let one = stream::once(ready(Said::Ok(Event::new().data("one"))));
        Ok::<_, Infallible>(SseBody::new(one.chain(stream::pending())).into_response())
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let response = service.oneshot(get(&uri)).await.unwrap();
    response.map(BodyExt::boxed_unsync)
}

/// H12: a client that leaves in the middle of a stream has not had all of it.
#[tokio::test(start_paused = true)]
async fn a_stream_that_is_left_halfway_is_not_complete() {
    let world = World::new();
    let mut body = Box::pin(waiting(&world, world.layer()).await.into_body());
    assert!(body.frame().await.unwrap().is_ok());
    drop(body);
    let end = world
        .witness
        .signals()
        .into_iter()
        .find_map(|signal| match signal {
            Signal::StreamClosed { end, .. } => Some(end),
            _ => None,
        });
    assert_eq!(end, Some(StreamEnd::Disconnected));
}

/// E9: a stream that waits ends, too, when its machine has slept beyond its deadline.
#[tokio::test(start_paused = true)]
async fn a_stream_that_waits_ends_when_it_has_overslept() {
    let world = World::new();
    let mut body = Box::pin(waiting(&world, world.layer()).await.into_body());
    assert!(body.frame().await.unwrap().is_ok());
    assert!(body.frame().now_or_never().is_none(), "it waits");
    world.clock.set_wall_ahead(Duration::from_secs(60 * 60));
    let ended = body.frame().now_or_never();
    assert!(ended.is_some_and(|frame| frame.is_none()), "it is over");
}

/// A stream that waits ends, too, when its place was given to another.
#[tokio::test(start_paused = true)]
async fn a_stream_that_waits_ends_when_it_has_lost_its_place() {
    let world = World::new();
    let layer = world.layer().with_slots(StreamSlots::new(1, 1));
    let mut body = Box::pin(waiting(&world, layer.clone()).await.into_body());
    assert!(body.frame().await.unwrap().is_ok());
    tokio::time::advance(Duration::from_secs(31)).await;
    let other = waiting(&world, layer.clone()).await;
    assert_eq!(other.status(), StatusCode::OK);
    let ended = body.frame().now_or_never();
    assert!(ended.is_some_and(|frame| frame.is_none()), "it is over");
}

/// A handler is told whether its client was there before.
#[tokio::test]
async fn a_handler_knows_a_client_that_comes_again() {
    let world = World::new();
    let keys = ResumeKeys::generate(&sse_gate::core::SystemEntropy).unwrap();
    let clock = || world.clock.clone();
    let store = MemorySessions::default().with_clock(clock());
    let sessions = Sessions::new(store, keys).with_clock(clock());
    let log = Logs::default().with_clock(clock()).create().await.unwrap();
    let layer = world.layer().resumable(Resumable::new(&sessions));
    let service = layer.layer(tower::service_fn(|request: Request<Body>| {
        let log = log.clone();
        async move {
            let found = request.extensions().get::<ResumableStream>();
            let stream = found.unwrap().clone();
            let print = format!("{stream:?}");
            assert!(print.contains("ResumableStream"), "{print}");
            let is_resumed = stream.is_resumed();
            let body = stream.follow(&log).await.unwrap();
            assert!(format!("{body:?}").contains("ResumableBody"));
            let mut response = body.into_response();
            let seen = if is_resumed { "again" } else { "first" };
            let seen = http::HeaderValue::from_static(seen);
            response.headers_mut().insert("seen", seen);
            Ok::<_, Infallible>(response)
        }
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let response = service.clone().oneshot(get(&uri)).await.unwrap();
    assert_eq!(response.headers()["seen"], "first");
    let mut body = Box::pin(response.into_body());
    let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
    drop(body);
    let frame = String::from_utf8(frame.to_vec()).unwrap();
    let id = frame
        .lines()
        .find_map(|line| line.strip_prefix("id: "))
        .unwrap();
    let again = support::with(&uri, &[("last-event-id", id)]);
    let response = service.oneshot(again).await.unwrap();
    assert_eq!(response.headers()["seen"], "again");
}

/// C22: a body may be as large as the limit to the byte, whether or not it says its length first.
#[tokio::test]
async fn a_body_at_the_mint_may_be_as_large_as_its_limit() {
    let world = World::new();
    let mint = async |len: usize, is_chunked: bool| {
        let who = |parts: Parts| {
            let is_known = Bearer::of(&parts.headers).is_ok();
            ready(Ok(Identity::new(
                Subject::new(if is_known { "alice" } else { "x" }).unwrap(),
            )))
        };
        let whether = |request: MintRequest| ready(Ok::<_, Denied>(request.permit()));
        let service = MintService::new(&world.gate, &world.route, who, whether).with_max_body(10);
        let text = Bytes::from(format!("\"{}\"", "x".repeat(len - 2)));
        let request = || {
            Request::post("/generations/7/stream-token")
                .header(AUTHORIZATION, "Bearer alice")
                .header(CONTENT_TYPE, "application/json")
        };
        let response = if is_chunked {
            let (one, two) = (text.slice(..len / 2), text.slice(len / 2..));
            let frames = [one, two].map(|part| Ok::<_, Infallible>(Frame::data(part)));
            let body = StreamBody::new(stream::iter(frames));
            service.oneshot(request().body(body).unwrap()).await
        } else {
            service
                .oneshot(request().body(Full::new(text)).unwrap())
                .await
        };
        response.unwrap().status()
    };
    for is_chunked in [false, true] {
        for (len, expected) in [
            (2, StatusCode::OK),
            (9, StatusCode::OK),
            (10, StatusCode::OK),
            (11, StatusCode::PAYLOAD_TOO_LARGE),
            (1000, StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            let status = mint(len, is_chunked).await;
            assert_eq!(status, expected, "{len} bytes, in chunks: {is_chunked}");
        }
    }
}

/// A stream that has always more to say is ended by a shutdown all the same, at its next frame but
/// one.
#[tokio::test]
async fn a_resumed_stream_that_never_waits_is_shut_down() {
    let world = World::new();
    let keys = ResumeKeys::generate(&sse_gate::core::SystemEntropy).unwrap();
    let clock = || world.clock.clone();
    let store = MemorySessions::default().with_clock(clock());
    let sessions = Sessions::new(store, keys).with_clock(clock());
    let log = Logs::default().with_clock(clock()).create().await.unwrap();
    let layer = world.layer().resumable(Resumable::new(&sessions));
    let service = layer.layer(tower::service_fn(|request: Request<Body>| {
        let log = log.clone();
        async move {
            let stream = request
                .extensions()
                .get::<ResumableStream>()
                .unwrap()
                .clone();
            let body = stream.follow(&log).await.unwrap();
            for _ in 0..1_000 {
                log.append(&Event::new().data("x")).await.unwrap();
            }
            Ok::<_, Infallible>(body.until(ready(())).into_response())
        }
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let body = service.oneshot(get(&uri)).await.unwrap().into_body();
    let body = body.collect().await.unwrap().to_bytes();
    let events = String::from_utf8(body.to_vec())
        .unwrap()
        .matches("data: x\n")
        .count();
    assert!(
        events > 0 && events < 300,
        "{events} of 1,000 events were sent first"
    );
}
