//! What wall clocks that are set do to streams behind the gate.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::time::Duration;

use futures_util::stream;
use http::{Request, Response};
use http_body_util::BodyExt;
use sse_gate::{Event, Granted, SseBody};
use support::{Body, World, get};
use tower::{Layer, ServiceExt};

const HOUR: Duration = Duration::from_secs(60 * 60);

type Said = Result<Event<'static>, &'static str>;

/// A body that says nothing, and how long it was told that it may last.
async fn silence(
    request: Request<Body>,
) -> Result<Response<SseBody<stream::Pending<Said>>>, Infallible> {
    let granted = request.extensions().get::<Granted>().unwrap();
    let time_left = granted.time_left().as_secs();
    let body = SseBody::new(stream::pending::<Said>()).with_heartbeat(Duration::from_secs(30));
    let mut response = body.into_response();
    response.headers_mut().insert("time-left", time_left.into());
    Ok(response)
}

/// I20: a token that was issued while the wall clock was ahead opens a stream for the time that was
/// settled, and not for an hour more.
#[tokio::test(start_paused = true)]
async fn a_stream_lasts_no_longer_as_the_wall_was_ahead() {
    let world = World::new();
    world.clock.set_wall_ahead(HOUR);
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    world.clock.set_wall_back(HOUR);
    let service = world.layer().layer(tower::service_fn(silence));
    let response = service.oneshot(get(&uri)).await.unwrap();
    assert_eq!(response.headers()["time-left"], "3600");
    let started = tokio::time::Instant::now();
    let _ = response.into_body().collect().await.unwrap();
    assert_eq!(started.elapsed(), HOUR);
}

/// E9: a stream whose machine slept beyond its deadline ends when it is next asked, though the
/// runtime's timer has not moved.
#[tokio::test(start_paused = true)]
async fn a_stream_ends_that_slept_beyond_its_deadline() {
    let world = World::new();
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let service = world.layer().layer(tower::service_fn(silence));
    let response = service.oneshot(get(&uri)).await.unwrap();
    let mut body = Box::pin(response.into_body());
    world.clock.set_wall_ahead(HOUR / 2);
    let beat = body.frame().await.unwrap().unwrap();
    assert_eq!(beat.into_data().unwrap(), ":\n\n");
    world.clock.set_wall_ahead(HOUR / 2);
    assert!(body.frame().await.is_none());
}
