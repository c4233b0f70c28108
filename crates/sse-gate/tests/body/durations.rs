//! Times at both ends of what can be set.

use std::time::Duration;

use futures_util::{FutureExt, poll, stream};
use http_body_util::BodyExt;
use sse_gate::{Problem, SseBody, StreamSlots};

use crate::Said;
use crate::support::{World, get};
use http::StatusCode;
use tower::{Layer, ServiceExt};

const ENDS: [Duration; 3] = [
    Duration::MAX,
    Duration::from_secs(u64::MAX / 2),
    Duration::ZERO,
];

/// G12: no time that can be set makes a body panic, or send without a pause.
#[tokio::test(start_paused = true)]
async fn any_time_can_be_set_on_a_body() {
    for time in ENDS {
        let quiet = || SseBody::new(stream::pending::<Said>());
        let mut body = Box::pin(quiet().with_heartbeat(time));
        assert!(poll!(body.frame()).is_ready(), "the first bytes");
        assert!(poll!(body.frame()).is_pending(), "{time:?}");
        let mut body = Box::pin(quiet().with_max_age(time));
        let ended = body.frame().now_or_never().is_some_and(|it| it.is_none());
        assert_eq!(ended, time.is_zero());
    }
}

/// E1, F5: nor does any that can be set on a layer or its places.
#[tokio::test(start_paused = true)]
async fn any_time_can_be_set_on_a_layer() {
    for time in ENDS {
        let world = World::new();
        let slots = StreamSlots::new(1, 1).with_patience(time);
        let layer = world.layer().with_slots(slots).with_store_budget(time);
        let handler = tower::service_fn(async |_| {
            let body = SseBody::new(stream::pending::<Said>());
            Ok::<_, std::convert::Infallible>(body.into_response())
        });
        let service = layer.layer(handler);
        let uri = async || format!("/generations/7/stream?token={}", world.token().await);
        let first = service.clone().oneshot(get(&uri().await)).await.unwrap();
        assert_eq!(first.status(), StatusCode::OK, "{time:?}");
        tokio::time::advance(Duration::from_secs(2)).await;
        let second = service.clone().oneshot(get(&uri().await)).await.unwrap();
        let expected = if time.is_zero() { 200 } else { 503 };
        assert_eq!(second.status(), expected, "{time:?}");
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "x").with_retry_after(time);
        let seconds = problem.into_response().headers()["retry-after"].clone();
        assert!(seconds.to_str().unwrap().parse::<u64>().is_ok());
    }
}
