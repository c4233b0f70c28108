//! Streams that break off: what the client is told, what the hook gets, and what is counted.

use std::any::Any;
use std::cell::Cell;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use futures_util::{FutureExt, poll};
use http::Response;
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use sse_gate::codec::EventName;
use sse_gate::core::{Signal, StreamEnd};
use sse_gate::{Event, SseBody, SseBodyError};
use tower::{Layer, ServiceExt, service_fn};

use crate::Said;
use crate::support::{World, get};

const LAST: &str = "event: sse.error\ndata: {\"v\":1,\"reason\":\"internal\"}\n\n";

#[expect(clippy::unnecessary_wraps, reason = "it is an item of a stream")]
fn one() -> Said {
    Ok(Event::new().data("one"))
}

/// What is wrong with a stream, and the stream.
type Broken = (&'static str, Pin<Box<dyn Stream<Item = Said> + Send>>);

fn named(name: &'static str) -> Event<'static> {
    let name = EventName::try_from(name).unwrap();
    Event::new().event(name).data("x")
}

/// The streams that break off after their first event, and what is wrong with each.
fn broken() -> [Broken; 3] {
    let panics = stream::once(async { panic!("the producer's secret") });
    [
        ("fails", stream::iter([one(), Err("secret"), one()]).boxed()),
        ("panics", stream::iter([one()]).chain(panics).boxed()),
        (
            "names an event as it may not",
            stream::iter([one(), Ok(named("sse.close")), one()]).boxed(),
        ),
    ]
}

/// H7: an event that could pass for the server's word never reaches the wire, whatever it is called
/// behind the prefix, and the application learns its name. Others pass.
#[tokio::test]
async fn a_reserved_name_is_refused_with_its_name() {
    for name in [
        "sse.close",
        "sse.open",
        "sse.wait",
        "sse.gap",
        "sse.error",
        "sse.heartbeat",
        "sse.",
        "sse.x",
    ] {
        let seen = Rc::new(Cell::new(None));
        let body = SseBody::new(stream::iter([one(), Ok(named(name)), one()]));
        let body = body.on_error(|error| seen.set(Some(error.to_string())));
        let bytes = body.collect().await.unwrap().to_bytes();
        assert_eq!(bytes, format!("data: one\n\n{LAST}"), "{name}");
        let expected = format!("event name {name:?} is reserved");
        assert_eq!(seen.take(), Some(expected));
    }
    for name in ["sse", "sse-close", "SSE.close", "xsse.close", " sse.close"] {
        let body = SseBody::new(stream::iter([Ok::<_, ()>(named(name))]));
        let bytes = body.collect().await.unwrap().to_bytes();
        assert_eq!(bytes, format!("event: {name}\ndata: x\n\n"));
    }
}

/// H12: the hook gets the error itself, once, and its client gets nothing of it.
#[tokio::test]
async fn the_hook_of_a_body_gets_the_error() {
    for (what, events) in broken() {
        let errors = Rc::new(Cell::new(Vec::new()));
        let body = SseBody::new(events).on_error(|error| {
            let mut seen = errors.take();
            seen.push(error);
            errors.set(seen);
        });
        let bytes = body.collect().await.unwrap().to_bytes();
        assert_eq!(bytes, format!("data: one\n\n{LAST}"), "{what}");
        let errors = errors.take();
        let [error] = &errors[..] else {
            panic!("{what}: {errors:?}");
        };
        let is_right = match (what, error) {
            ("fails", SseBodyError::Failed(error)) => *error == "secret",
            ("panics", SseBodyError::Panicked(payload)) => {
                payload.downcast_ref() == Some(&"the producer's secret")
            }
            (_, SseBodyError::ReservedName(name)) => name.as_str() == "sse.close",
            _ => false,
        };
        assert!(is_right, "{what}: {error:?}");
    }
}

/// How the streams of a world ended.
fn ends(world: &World) -> Vec<StreamEnd> {
    let signals = world.witness.signals().into_iter();
    let ends = signals.filter_map(|signal| match signal {
        Signal::StreamClosed { end, .. } => Some(end),
        _ => None,
    });
    ends.collect()
}

/// Opens a stream of this body behind a gate and reads it to its end.
async fn serve<B>(world: &World, body: B) -> Result<Bytes, Box<dyn Any + Send>>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Debug,
{
    let body = Rc::new(Cell::new(Some(body)));
    let handler = service_fn(move |_| {
        let body = body.take().unwrap();
        async move { Ok::<_, Infallible>(Response::new(body)) }
    });
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let response = world.layer().layer(handler).oneshot(get(&uri)).await;
    let mut body = Box::pin(response.unwrap().into_body());
    let read = async {
        let mut all = Vec::new();
        while let Some(Ok(frame)) = body.frame().await {
            all.extend_from_slice(&frame.into_data().unwrap());
        }
        // A server may ask once more.
        assert!(body.frame().await.is_none());
        Bytes::from(all)
    };
    AssertUnwindSafe(read).catch_unwind().await
}

/// H12, F8: whatever a stream of events breaks off with, the stream is counted as failed, through
/// boxes and other bodies too, and whether or not its server asks again. One that ends is not.
#[tokio::test]
async fn a_stream_that_breaks_off_is_counted_as_failed() {
    let world = World::new();
    for (what, events) in broken() {
        let bytes = serve(&world, SseBody::new(events).boxed_unsync())
            .await
            .unwrap();
        assert_eq!(bytes, format!("data: one\n\n{LAST}"), "{what}");
        assert_eq!(ends(&world).pop(), Some(StreamEnd::Failed), "{what}");
    }
    for (what, events) in broken() {
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        let events = Rc::new(Cell::new(Some(events)));
        let handler = service_fn(move |_| {
            let body = SseBody::new(events.take().unwrap()).map_frame(|frame| frame);
            async move { Ok::<_, Infallible>(Response::new(Box::pin(body))) }
        });
        let response = world.layer().layer(handler).oneshot(get(&uri)).await;
        let mut body = Box::pin(response.unwrap().into_body());
        while !body.is_end_stream() {
            assert!(poll!(body.frame()).is_ready());
        }
        drop(body);
        assert_eq!(ends(&world).pop(), Some(StreamEnd::Failed), "{what}");
    }
    serve(&world, SseBody::new(stream::iter([one()])).boxed_unsync())
        .await
        .unwrap();
    assert_eq!(ends(&world).pop(), Some(StreamEnd::Complete));
}

/// A body of the application's own, which does as it is told on its second poll.
struct Own(u32, fn() -> Option<Result<Frame<Bytes>, &'static str>>);

impl Body for Own {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        self.0 += 1;
        Poll::Ready(match self.0 {
            1 => Some(Ok(Frame::data(Bytes::from_static(b"one")))),
            2 => (self.1)(),
            _ => None,
        })
    }
}

/// H12: a body that is not the library's is counted as failed when it errs or panics, and as
/// complete when it ends.
#[tokio::test]
async fn any_body_that_errs_or_panics_is_counted_as_failed() {
    let world = World::new();
    serve(&world, Own(0, || Some(Err("broken")))).await.unwrap();
    let panics = serve(&world, Own(0, || panic!("on purpose"))).await;
    panics.unwrap_err();
    serve(&world, Own(0, || None)).await.unwrap();
    let expected = [StreamEnd::Failed, StreamEnd::Failed, StreamEnd::Complete];
    assert_eq!(ends(&world), expected);
}

/// H12, F4: so is the stream of a handler that fails or panics.
#[tokio::test]
async fn a_handler_that_fails_or_panics_is_counted_as_failed() {
    let world = World::new();
    let layer = world.layer();
    let fails = layer.layer(service_fn(async |_| Err::<Response<Own>, _>("no")));
    let panics = layer.layer(service_fn(async |_| -> Result<Response<Own>, Infallible> {
        tokio::task::yield_now().await;
        panic!("on purpose")
    }));
    let uri = async || format!("/generations/7/stream?token={}", world.token().await);
    assert_eq!(fails.oneshot(get(&uri().await)).await.unwrap_err(), "no");
    let panicked = AssertUnwindSafe(panics.oneshot(get(&uri().await)));
    assert!(panicked.catch_unwind().await.is_err());
    assert_eq!(ends(&world), [StreamEnd::Failed, StreamEnd::Failed]);
}
