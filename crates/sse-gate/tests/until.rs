//! `GateLayer::until`: what a shutdown does to the streams of a layer.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use http::{Request, Response};
use http_body::{Body as HttpBody, Frame};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use sse_gate::admission::ResponseBody;
use sse_gate::{Event, GateLayer, Log, ResumableBody, ResumableStream, SseBody};
use support::{Body, World, get};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tower::{Layer, ServiceExt};

type BoxBody = UnsyncBoxBody<Bytes, Infallible>;

/// What a handler answers with.
#[derive(Clone)]
enum Says {
    /// A stream of events that never come.
    Nothing,
    /// A body of another library's, which waits.
    Waits,
    /// A body that has always more to say.
    Everything,
    /// The events of this log.
    Log(Log),
    /// It attaches the stream to this log, and answers with another body, which waits.
    Instead(Log),
    /// The same with a body that has always more to say.
    Besides(Log),
}

/// A log in memory, of the service.
fn memory_log(world: &World) -> Log {
    let created = FutureExt::now_or_never(world.gate.new_logs().create());
    created.expect("memory is ready at once").unwrap()
}

impl Says {
    async fn body(self, request: Request<Body>) -> BoxBody {
        match self {
            Self::Nothing => {
                let events = stream::pending::<Result<Event<'static>, Infallible>>();
                SseBody::new(events).boxed_unsync()
            }
            Self::Waits => {
                let one = Ok::<_, Infallible>(Frame::data(Bytes::from("data: one\n\n")));
                let frames = stream::iter([one]).chain(stream::pending());
                StreamBody::new(frames).boxed_unsync()
            }
            Self::Everything => {
                let one = Bytes::from("data: more\n\n");
                let frames = stream::repeat_with(move || Ok(Frame::data(one.clone())));
                StreamBody::new(frames).boxed_unsync()
            }
            Self::Log(log) => {
                let body = attach(&log, &request).await;
                body.with_spread(Duration::ZERO).boxed_unsync()
            }
            Self::Besides(log) => {
                let attached = attach(&log, &request).await;
                let frames = stream::repeat_with(move || {
                    let _ = &attached;
                    Ok(Frame::data(Bytes::from("data: more\n\n")))
                });
                StreamBody::new(frames).boxed_unsync()
            }
            Self::Instead(log) => {
                let attached = attach(&log, &request).await;
                let mut polls = 0;
                let frames = stream::poll_fn(move |_| {
                    let _ = &attached;
                    polls += 1;
                    assert!(polls < 10, "it is polled without end");
                    Poll::<Option<Result<Frame<Bytes>, Infallible>>>::Pending
                });
                StreamBody::new(frames).boxed_unsync()
            }
        }
    }
}

async fn attach(log: &Log, request: &Request<Body>) -> ResumableBody {
    let stream = ResumableStream::of(request.extensions()).unwrap();
    stream.follow(log).await.unwrap()
}

/// Opens a stream behind this layer.
async fn open(world: &World, layer: &GateLayer, says: Says) -> Pin<Box<ResponseBody<BoxBody>>> {
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let service = layer.layer(tower::service_fn(move |request| {
        let says = says.clone();
        async move { Ok::<_, Infallible>(Response::new(says.body(request).await)) }
    }));
    let response = service.oneshot(get(&uri)).await.unwrap();
    assert_eq!(response.status(), 200);
    Box::pin(response.into_body())
}

/// A signal, and what gives it.
fn signal() -> (
    watch::Sender<bool>,
    impl Future<Output = ()> + Send + 'static,
) {
    let sender = watch::Sender::new(false);
    let mut receiver = sender.subscribe();
    let signal = async move {
        let _ = receiver.wait_for(|is_down| *is_down).await;
    };
    (sender, signal)
}

/// Reads what is there; whether it has ended. Of a body that never waits it reads 100 frames.
fn read(body: &mut Pin<Box<ResponseBody<BoxBody>>>) -> (String, bool) {
    let mut text = Vec::new();
    for _ in 0..100 {
        match body.frame().now_or_never() {
            None => break,
            Some(None) => return (String::from_utf8(text).unwrap(), true),
            Some(Some(frame)) => text.extend_from_slice(&frame.unwrap().into_data().unwrap()),
        }
    }
    (String::from_utf8(text).unwrap(), body.is_end_stream())
}

async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// G10: whatever a handler answers with, its body ends when the service stops, and a stream that is
/// opened later ends at once.
#[tokio::test]
async fn every_strict_stream_ends() {
    for says in [Says::Nothing, Says::Waits, Says::Everything] {
        let world = World::new();
        let (down, until) = signal();
        let layer = world.layer().until(until);
        let mut body = open(&world, &layer, says.clone()).await;
        assert!(!read(&mut body).1);
        let waiting = tokio::spawn(async move {
            while let Some(frame) = body.frame().await {
                frame.unwrap();
                tokio::task::yield_now().await;
            }
        });
        settle().await;
        assert!(!waiting.is_finished());
        down.send_replace(true);
        let ended = tokio::time::timeout(Duration::from_secs(10), waiting).await;
        ended.expect("it is woken, and ends").unwrap();
        let mut after = open(&world, &layer, says).await;
        assert_eq!(read(&mut after), (String::new(), true));
    }
}

/// G10: a client that may come back is told when, in the last frame of its stream, also if the stream
/// is opened after the signal.
#[tokio::test]
async fn a_resumable_stream_gets_a_last_word() {
    let world = World::new();
    let sessions = world.gate.new_sessions().unwrap();
    let log = memory_log(&world);
    let (down, until) = signal();
    let layer = world.layer().resumable(&sessions).until(until);
    let mut body = open(&world, &layer, Says::Log(log.clone())).await;
    let (text, has_ended) = read(&mut body);
    assert!(text.contains("sse.open") && !has_ended, "{text}");
    let waiting = tokio::spawn(async move { body.collect().await.unwrap().to_bytes() });
    settle().await;
    down.send_replace(true);
    let last = tokio::time::timeout(Duration::from_secs(10), waiting).await;
    let last = String::from_utf8(last.expect("it is woken").unwrap().to_vec()).unwrap();
    assert!(last.starts_with("retry: 1000\n"), "{last}");
    assert!(!last.contains("data"), "{last}");

    log.append(&Event::new().data("meanwhile")).await.unwrap();
    let mut after = open(&world, &layer, Says::Log(log)).await;
    let (text, has_ended) = read(&mut after);
    assert!(has_ended, "{text}");
    assert!(
        text.contains("sse.open") && text.contains("retry: "),
        "{text}"
    );
}

/// G10: a handle ends one stream as the end of the service does, and its session goes on.
#[tokio::test]
async fn a_handle_ends_one_stream() {
    let world = World::new();
    let sessions = world.gate.new_sessions().unwrap();
    let log = memory_log(&world);
    let handles = Arc::new(Mutex::new(Vec::new()));
    let layer = world.layer().resumable(&sessions);
    let open = async || {
        let (log, handles) = (log.clone(), Arc::clone(&handles));
        let service = layer.layer(tower::service_fn(move |request: Request<Body>| {
            let (log, handles) = (log.clone(), Arc::clone(&handles));
            async move {
                let body = attach(&log, &request).await;
                handles.lock().unwrap().push(body.stop_handle());
                Ok::<_, Infallible>(body.into_response())
            }
        }));
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        Box::pin(service.oneshot(get(&uri)).await.unwrap().into_body())
    };
    let (stopped, other) = (open().await, open().await);
    let mut streams = [stopped, other].map(|mut body| {
        tokio::spawn(async move {
            let mut text = Vec::new();
            while let Some(frame) = body.frame().await {
                text.extend(frame.unwrap().into_data().unwrap());
            }
            String::from_utf8(text).unwrap()
        })
    });
    settle().await;
    let handle = handles.lock().unwrap()[0].clone();
    assert!(handle.stop() && !handle.stop(), "it ends once");
    let ended = tokio::time::timeout(Duration::from_secs(10), &mut streams[0]).await;
    let text = ended.expect("it is woken").unwrap();
    let last = text.split("\n\n").nth(1).unwrap();
    assert!(last.starts_with("retry: "), "{text}");
    settle().await;
    assert!(!streams[1].is_finished());
    streams[1].abort();
}

/// G10: a handler of a resumable route that answers with a body of its own has no last word, and never
/// stops by itself.
#[tokio::test]
async fn a_body_of_the_handlers_own_ends_too() {
    for says in [Says::Nothing, Says::Everything] {
        let world = World::new();
        let sessions = world.gate.new_sessions().unwrap();
        let (down, until) = signal();
        let layer = world.layer().resumable(&sessions).until(until);
        let mut body = open(&world, &layer, says.clone()).await;
        assert!(!read(&mut body).1);
        down.send_replace(true);
        settle().await;
        assert!(read(&mut body).1, "it goes on");
        let mut after = open(&world, &layer, says).await;
        assert!(read(&mut after).1, "a later one goes on");
    }
}

/// G10: a handler that attaches its stream and answers with another body may say a last word. If the
/// body has none, it is not asked again.
#[tokio::test]
async fn a_body_that_has_no_last_word_ends_too() {
    let world = World::new();
    let sessions = world.gate.new_sessions().unwrap();
    let log = world.gate.new_logs().create().await.unwrap();
    let (down, until) = signal();
    let layer = world.layer().resumable(&sessions).until(until);
    let mut body = open(&world, &layer, Says::Instead(log)).await;
    assert!(!read(&mut body).1);
    down.send_replace(true);
    settle().await;
    assert_eq!(read(&mut body), (String::new(), true));
}

/// G10: the last word is one frame, whatever the body says.
#[tokio::test]
async fn a_last_word_is_one_frame() {
    let world = World::new();
    let sessions = world.gate.new_sessions().unwrap();
    let log = world.gate.new_logs().create().await.unwrap();
    let (down, until) = signal();
    let layer = world.layer().resumable(&sessions).until(until);
    let mut body = open(&world, &layer, Says::Besides(log)).await;
    assert!(!read(&mut body).1);
    down.send_replace(true);
    settle().await;
    assert_eq!(read(&mut body), ("data: more\n\n".to_owned(), true));
}

/// Layers that share their places stop together; others go on.
#[tokio::test]
async fn layers_that_share_their_places_stop_together() {
    let world = World::new();
    let slots = sse_gate::StreamSlots::new(10, 10);
    let (down, until) = signal();
    let first = world.layer().with_slots(slots.clone()).until(until);
    let second = world.layer().with_slots(slots);
    let (shared, other) = ([&first, &second], world.layer());
    let mut bodies = Vec::new();
    for layer in shared {
        bodies.push(open(&world, layer, Says::Nothing).await);
    }
    let mut apart = open(&world, &other, Says::Nothing).await;
    down.send_replace(true);
    settle().await;
    for body in &mut bodies {
        assert!(read(body).1);
    }
    assert!(!read(&mut apart).1);
}

/// G9: clones of a layer have its signal, also those that were given slots of their own.
#[tokio::test]
async fn clones_with_slots_of_their_own_stop_too() {
    let world = World::new();
    let (down, until) = signal();
    let first = world.layer().until(until);
    let second = first.clone().with_slots(sse_gate::StreamSlots::new(10, 10));
    let third = first.clone().with_slots(sse_gate::StreamSlots::new(10, 10));
    let mut bodies = Vec::new();
    for layer in [&first, &second] {
        bodies.push(open(&world, layer, Says::Nothing).await);
    }
    settle().await;
    assert!(bodies.iter_mut().all(|body| !read(body).1));
    down.send_replace(true);
    settle().await;
    for body in &mut bodies {
        assert!(read(body).1, "it goes on");
    }
    let mut after = open(&world, &third, Says::Nothing).await;
    assert!(read(&mut after).1, "a later one goes on");
}

/// A layer may be made where there is no runtime: nothing waits before the first request. Then it is
/// one task, for all services of the layer.
#[test]
fn nothing_waits_before_the_first_request() {
    let world = World::new();
    let layer = world.layer().until(std::future::pending());
    let service = layer.layer(tower::service_fn(async |_: Request<Body>| {
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    }));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let tasks = || Handle::current().metrics().num_alive_tasks();
        assert_eq!(tasks(), 0);
        for _ in 0..3 {
            let uri = format!("/generations/7/stream?token={}", world.token().await);
            let response = service.clone().oneshot(get(&uri)).await.unwrap();
            assert_eq!(response.status(), 200);
        }
        open(&world, &layer, Says::Waits).await;
        settle().await;
        assert_eq!(tasks(), 1);
    });
}

/// G9: a service may have a runtime for each thread, and the first to serve a request may be the first to end.
#[test]
fn the_signal_outlives_the_runtime_that_waits_for_it() {
    let world = World::new();
    let (down, until) = signal();
    let layer = world.layer().until(until);
    let runtime = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_time().build().unwrap()
    };
    let first = runtime();
    drop(first.block_on(open(&world, &layer, Says::Nothing)));
    drop(first);
    runtime().block_on(async {
        let mut body = open(&world, &layer, Says::Nothing).await;
        settle().await;
        assert!(!read(&mut body).1);
        down.send_replace(true);
        settle().await;
        assert!(read(&mut body).1, "it goes on");
    });
}

/// E9, I20: a body that its handler keeps for itself is not behind the gate, and looks at the clock by itself.
#[tokio::test]
async fn a_body_that_its_handler_keeps_ends_at_its_deadline() {
    let world = World::new();
    let sessions = world.gate.new_sessions().unwrap();
    let log = memory_log(&world);
    let kept = Arc::new(Mutex::new(None));
    let place = Arc::clone(&kept);
    let layer = world.layer().resumable(&sessions);
    let service = layer.layer(tower::service_fn(move |request: Request<Body>| {
        let (log, place) = (log.clone(), Arc::clone(&place));
        async move {
            *place.lock().unwrap() = Some(attach(&log, &request).await);
            Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
        }
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let _answer = service.oneshot(get(&uri)).await.unwrap();
    let mut body = Box::pin(kept.lock().unwrap().take().unwrap());
    let mut next = || {
        let frame = FutureExt::now_or_never(body.frame())?.map(|frame| frame.unwrap());
        Some(frame.map(|frame| frame.into_data().unwrap()))
    };
    assert!(next().flatten().is_some(), "it is open");
    assert_eq!(next(), None, "it waits");
    world.clock.set_wall_ahead(Duration::from_secs(60 * 60));
    let last = next().flatten().unwrap();
    assert!(last.starts_with(b"event: sse.close\n"), "{last:?}");
    assert_eq!(next(), Some(None));
}

/// A router answers with bodies of its own beside streams.
#[tokio::test]
async fn a_whole_body_is_the_body_of_a_response() {
    let body = ResponseBody::<BoxBody>::from(Full::from("not found"));
    assert_eq!(body.size_hint().exact(), Some(9));
    assert_eq!(body.collect().await.unwrap().to_bytes(), "not found");
}
