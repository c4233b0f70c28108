//! `SseBody`, and the end that the gate sets to every body.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt, BodyStream, StreamBody};
use sse_gate::core::{Signal, StreamEnd};
use sse_gate::{Event, GrantRequest, SseBody, Subject};
use support::{World, get};
use tokio::sync::{mpsc, oneshot};
use tower::{Layer, ServiceExt};

type Said = Result<Event<'static>, &'static str>;

fn events(texts: &[&'static str]) -> impl futures_util::Stream<Item = Said> + Unpin {
    stream::iter(texts.to_vec()).map(|text| Ok(Event::new().data(text)))
}

/// A stream that says what it is sent.
fn channel() -> (
    mpsc::UnboundedSender<Said>,
    impl futures_util::Stream<Item = Said> + Unpin,
) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    (sender, stream::poll_fn(move |cx| receiver.poll_recv(cx)))
}

async fn next_frame<B>(body: &mut B) -> Option<Bytes>
where
    B: http_body::Body<Data = Bytes, Error: std::fmt::Debug> + Unpin,
{
    body.frame()
        .await
        .map(|frame| frame.unwrap().into_data().unwrap())
}

#[tokio::test]
async fn a_response_is_an_event_stream_that_nobody_keeps() {
    let response = SseBody::new(events(&[])).into_response();
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store, no-transform, private"),
        ("x-accel-buffering", "no"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(response.headers()[name], value, "{name}");
    }
}

#[tokio::test]
async fn events_that_are_ready_leave_together() {
    let (sender, events) = channel();
    let mut body = Box::pin(SseBody::new(events));
    for text in ["one", "two", "three"] {
        sender.send(Ok(Event::new().data(text))).unwrap();
    }
    assert_eq!(
        next_frame(&mut body).await.unwrap(),
        "data: one\n\ndata: two\n\ndata: three\n\n"
    );
    sender.send(Ok(Event::new().data("four"))).unwrap();
    drop(sender);
    assert_eq!(next_frame(&mut body).await.unwrap(), "data: four\n\n");
    assert!(
        body.is_end_stream(),
        "it says only later that this was the end"
    );
    assert_eq!(next_frame(&mut body).await, None);
}

/// G1: a frame has a size, however much is ready.
#[tokio::test]
async fn a_frame_is_bounded() {
    let many = stream::iter(0..10_000).map(|_| Said::Ok(Event::new().data("x".repeat(100))));
    let mut body = Box::pin(SseBody::new(many));
    let mut total = 0;
    while let Some(frame) = next_frame(&mut body).await {
        assert!(frame.len() <= 17 * 1024, "{}", frame.len());
        total += frame.len();
    }
    assert_eq!(total, 10_000 * 108);
}

/// F8: a stream that fails or panics ends with an event that says so, and nothing of why.
#[tokio::test]
async fn a_failure_is_the_last_event() {
    let last = "event: sse.error\ndata: {\"v\":1,\"reason\":\"internal\"}\n\n";
    let failing = stream::iter([
        Ok(Event::new().data("one")),
        Err("secret"),
        Ok(Event::new()),
    ]);
    let body = SseBody::new(failing).collect().await.unwrap().to_bytes();
    assert_eq!(body, format!("data: one\n\n{last}"));

    let mut polls = 0;
    let panicking = stream::poll_fn(move |_| {
        polls += 1;
        assert!(polls <= 2, "the producer panics");
        Poll::Ready(Some(Said::Ok(Event::new().data("one"))))
    });
    let body = SseBody::new(panicking).collect().await.unwrap().to_bytes();
    assert_eq!(body, format!("data: one\n\ndata: one\n\n{last}"));
}

/// G12: silence is broken by a comment, and events put it off.
#[tokio::test(start_paused = true)]
async fn silence_is_broken_by_comments() {
    let (sender, events) = channel();
    let mut body = Box::pin(SseBody::new(events));
    let started = tokio::time::Instant::now();
    assert_eq!(next_frame(&mut body).await.unwrap(), ":\n\n");
    assert_eq!(started.elapsed().as_secs(), 0, "the first bytes");
    assert_eq!(next_frame(&mut body).await.unwrap(), ":\n\n");
    assert_eq!(started.elapsed().as_secs(), 15);
    tokio::time::advance(Duration::from_secs(10)).await;
    sender.send(Ok(Event::new().data("one"))).unwrap();
    assert_eq!(next_frame(&mut body).await.unwrap(), "data: one\n\n");
    let spoken = tokio::time::Instant::now();
    assert_eq!(next_frame(&mut body).await.unwrap(), ":\n\n");
    assert_eq!(spoken.elapsed().as_secs(), 15);

    let mut quick =
        Box::pin(SseBody::new(stream::pending::<Said>()).with_heartbeat(Duration::from_secs(1)));
    let started = tokio::time::Instant::now();
    for second in 0..4 {
        assert_eq!(next_frame(&mut quick).await.unwrap(), ":\n\n");
        assert_eq!(started.elapsed().as_secs(), second);
    }
}

/// G9: a body ends when it is told to, though its stream does not.
#[tokio::test]
async fn a_signal_ends_a_body() {
    let (end, ended) = oneshot::channel::<()>();
    let until = async { ended.await.unwrap_or_default() };
    let mut body = Box::pin(SseBody::new(stream::pending::<Said>()).until(until));
    assert!(next_frame(&mut body).await.is_some());
    assert!(futures_util::poll!(body.frame()).is_pending());
    end.send(()).unwrap();
    assert_eq!(next_frame(&mut body).await, None);
    assert!(body.is_end_stream());
}

#[tokio::test(start_paused = true)]
async fn a_body_ends_at_its_age() {
    let age = Duration::from_secs(7);
    let mut body = Box::pin(SseBody::new(stream::pending::<Said>()).with_max_age(age));
    let started = tokio::time::Instant::now();
    assert!(next_frame(&mut body).await.is_some());
    assert_eq!(next_frame(&mut body).await, None);
    assert_eq!(started.elapsed(), age);
}

/// C11, G7: every body behind the gate ends with the credential that opened it, whatever the
/// handler does.
#[tokio::test(start_paused = true)]
async fn the_gate_ends_a_stream_at_its_deadline() {
    let world = World::new();
    let now = sse_gate::core::Clock::now(&world.clock);
    let grant = GrantRequest::new(
        Subject::new("alice").unwrap(),
        world.route.resource(["7"]).unwrap(),
    )
    .with_credential_expiry(now.saturating_add(Duration::from_secs(100)));
    let issued = world.gate.issue(grant).await.unwrap();
    let service = world.layer().layer(tower::service_fn(async |_| {
        let body = SseBody::new(stream::pending::<Said>()).with_heartbeat(Duration::from_secs(30));
        Ok::<_, Infallible>(body.into_response())
    }));
    let uri = format!("/generations/7/stream?token={}", issued.token().expose());
    let started = tokio::time::Instant::now();
    let mut body = Box::pin(service.oneshot(get(&uri)).await.unwrap().into_body());
    let mut beats = 0;
    while let Some(frame) = next_frame(&mut body).await {
        assert_eq!(frame, ":\n\n");
        beats += 1;
    }
    assert_eq!((beats, started.elapsed().as_secs()), (4, 100));
    drop(body);
    let lasted = Duration::from_secs(100);
    assert!(world.witness.saw(Signal::StreamClosed {
        lasted,
        end: StreamEnd::Complete
    }));
}

/// G12: something between the gate and the body may poll the body by a waker of its own, and only when that was woken.
#[tokio::test(start_paused = true)]
async fn a_comment_breaks_the_silence_behind_another_waker() {
    let world = World::new();
    let service = world.layer().layer(tower::service_fn(async |_| {
        let body = SseBody::new(stream::pending::<Said>()).with_heartbeat(Duration::from_secs(30));
        let frames = stream::select_all([Box::pin(BodyStream::new(body))]);
        Ok::<_, Infallible>(http::Response::new(StreamBody::new(frames)))
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let started = tokio::time::Instant::now();
    let mut body = Box::pin(service.oneshot(get(&uri)).await.unwrap().into_body());
    for seconds in [0, 30, 60] {
        assert_eq!(next_frame(&mut body).await.unwrap(), ":\n\n");
        assert_eq!(started.elapsed().as_secs(), seconds);
    }
}

/// Asks the body in it once, right behind its first frame, and then not before it could have something.
struct Patient<B> {
    body: B,
    asked: u32,
    until: tokio::time::Instant,
}

impl<B: http_body::Body<Data = Bytes> + Unpin> http_body::Body for Patient<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        self.asked += 1;
        if self.asked > 2 && tokio::time::Instant::now() < self.until {
            return Poll::Pending;
        }
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match polled {
            Poll::Pending if self.asked == 2 => {
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"own")))))
            }
            polled => polled,
        }
    }
}

/// G12: what has asked to be woken may rely on that, also if its body gave a frame of its own at the same time.
#[tokio::test(start_paused = true)]
async fn a_body_that_was_asked_once_is_woken_all_the_same() {
    let world = World::new();
    let service = world.layer().layer(tower::service_fn(async |_| {
        let silence = Duration::from_secs(30);
        let body = SseBody::new(stream::pending::<Said>()).with_heartbeat(silence);
        Ok::<_, Infallible>(http::Response::new(Patient {
            body: Box::pin(body),
            asked: 0,
            until: tokio::time::Instant::now() + silence,
        }))
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let started = tokio::time::Instant::now();
    let mut body = Box::pin(service.oneshot(get(&uri)).await.unwrap().into_body());
    let expected: [&[u8]; 3] = [b":\n\n", b"own", b":\n\n"];
    for expected in expected {
        let frame = tokio::time::timeout(Duration::from_secs(31), next_frame(&mut body)).await;
        assert_eq!(frame.unwrap().unwrap(), expected);
    }
    assert_eq!(started.elapsed().as_secs(), 30);
}

/// G9: the age of a body is in force behind the gate, too, where it has no timer of its own.
#[tokio::test(start_paused = true)]
async fn a_body_behind_the_gate_ends_at_its_age() {
    let world = World::new();
    let service = world.layer().layer(tower::service_fn(async |_| {
        let body = SseBody::new(stream::pending::<Said>()).with_max_age(Duration::from_secs(7));
        Ok::<_, Infallible>(body.into_response())
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let started = tokio::time::Instant::now();
    let mut body = Box::pin(service.oneshot(get(&uri)).await.unwrap().into_body());
    assert!(next_frame(&mut body).await.is_some());
    assert_eq!(next_frame(&mut body).await, None);
    assert_eq!(started.elapsed().as_secs(), 7);
}

/// G7: a body that always has something to say ends then, too.
#[tokio::test(start_paused = true)]
async fn a_stream_that_never_waits_ends_at_its_deadline() {
    let world = World::new();
    let service = world.layer().layer(tower::service_fn(async |_| {
        let endless = stream::repeat_with(|| Said::Ok(Event::new().data("again")));
        Ok::<_, Infallible>(SseBody::new(endless).into_response())
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let mut body = Box::pin(service.oneshot(get(&uri)).await.unwrap().into_body());
    for _ in 0..3 {
        assert!(next_frame(&mut body).await.is_some());
    }
    tokio::time::advance(Duration::from_secs(60 * 60)).await;
    assert_eq!(next_frame(&mut body).await, None);
}

/// G9: so does one that has an age of its own.
#[tokio::test(start_paused = true)]
async fn a_body_that_never_waits_ends_at_its_age() {
    let world = World::new();
    let service = world.layer().layer(tower::service_fn(async |_| {
        let endless = stream::repeat_with(|| Said::Ok(Event::new().data("again")));
        let body = SseBody::new(endless).with_max_age(Duration::from_secs(7));
        Ok::<_, Infallible>(body.into_response())
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let mut body = Box::pin(service.oneshot(get(&uri)).await.unwrap().into_body());
    for _ in 0..3 {
        assert!(next_frame(&mut body).await.is_some());
    }
    tokio::time::advance(Duration::from_secs(7)).await;
    assert_eq!(next_frame(&mut body).await, None);
}

/// H10: the silence before a heartbeat begins when the server took the last frame, however long it did not ask for more.
#[tokio::test(start_paused = true)]
async fn a_stream_that_is_asked_late_beats_at_once() {
    let world = World::new();
    let service = world.layer().layer(tower::service_fn(async |_| {
        let once = stream::iter([Said::Ok(Event::new().data("once"))]).chain(stream::pending());
        let body = SseBody::new(once).with_heartbeat(Duration::from_secs(30));
        Ok::<_, Infallible>(body.into_response())
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let mut body = Box::pin(service.oneshot(get(&uri)).await.unwrap().into_body());
    assert_eq!(next_frame(&mut body).await.unwrap(), "data: once\n\n");
    tokio::time::advance(Duration::from_secs(100)).await;
    let asked = tokio::time::Instant::now();
    assert_eq!(next_frame(&mut body).await.unwrap(), ":\n\n");
    assert_eq!(
        asked.elapsed(),
        Duration::ZERO,
        "it has been silent for long"
    );
    assert_eq!(next_frame(&mut body).await.unwrap(), ":\n\n");
    assert_eq!(asked.elapsed(), Duration::from_secs(30));
}

/// G12, H10: the timer of a stream fires while its server does not ask for more. When the server asks again, the stream is
/// woken in time for its next heartbeat, and ends if its time is up.
#[tokio::test(start_paused = true)]
async fn a_timer_that_fires_during_a_stall_is_set_again() {
    for (stalls_for, beats) in [(10, true), (1_000_000, false)] {
        let world = World::new();
        let (sender, said) = channel();
        let said = std::sync::Mutex::new(Some(said));
        let service = world.layer().layer(tower::service_fn(async |_| {
            let said = said.lock().unwrap().take().unwrap();
            Ok::<_, Infallible>(SseBody::new(said).into_response())
        }));
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        let mut body = Box::pin(service.oneshot(get(&uri)).await.unwrap().into_body());
        assert_eq!(next_frame(&mut body).await.unwrap(), ":\n\n");
        assert!(futures_util::poll!(body.frame()).is_pending());
        tokio::time::advance(Duration::from_secs(10)).await;
        sender.send(Ok(Event::new().data("one"))).unwrap();
        assert_eq!(next_frame(&mut body).await.unwrap(), "data: one\n\n");
        let taken = tokio::time::Instant::now();
        tokio::time::advance(Duration::from_secs(stalls_for)).await;
        let next = tokio::time::timeout(Duration::from_secs(60), next_frame(&mut body)).await;
        if beats {
            assert_eq!(next.unwrap().unwrap(), ":\n\n");
            assert_eq!(taken.elapsed(), Duration::from_secs(15));
        } else {
            assert_eq!(next, Ok(None));
        }
    }
}

/// G12: the runtime makes a task that does much wait for its turn. Its stream is woken in time all the same.
#[tokio::test(start_paused = true)]
async fn a_stream_that_sent_much_at_once_still_beats() {
    let world = World::new();
    let (sender, said) = channel();
    for _ in 0..200 {
        sender.send(Ok(Event::new().data("one"))).unwrap();
    }
    let said = std::sync::Mutex::new(Some(said));
    let service = world.layer().layer(tower::service_fn(async |_| {
        let said = said.lock().unwrap().take().unwrap();
        Ok::<_, Infallible>(SseBody::new(said).into_response())
    }));
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let mut body = Box::pin(service.oneshot(get(&uri)).await.unwrap().into_body());
    let mut events = 0;
    while events < 200 {
        let frame = next_frame(&mut body).await.unwrap();
        events += frame.len() / "data: one\n\n".len();
    }
    let taken = tokio::time::Instant::now();
    let next = tokio::time::timeout(Duration::from_secs(60), next_frame(&mut body)).await;
    assert_eq!(next.unwrap().unwrap(), ":\n\n");
    assert_eq!(taken.elapsed(), Duration::from_secs(15));
}

#[tokio::test]
async fn the_end_of_a_stream_is_told_as_it_was() {
    let world = World::new();
    let open = async |texts: &'static [&'static str]| {
        let service = world.layer().layer(tower::service_fn(async move |_| {
            Ok::<_, Infallible>(SseBody::new(events(texts)).into_response())
        }));
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        service.oneshot(get(&uri)).await.unwrap().into_body()
    };
    let ends = || {
        let signals = world.witness.signals();
        signals.into_iter().filter_map(|signal| match signal {
            Signal::StreamClosed { end, .. } => Some(end),
            _ => None,
        })
    };
    drop(open(&["one"]).await);
    assert_eq!(ends().next_back(), Some(StreamEnd::Disconnected));
    // A server that is told with the last frame that it was the last asks no more.
    let mut body = Box::pin(open(&["one"]).await);
    next_frame(&mut body).await;
    drop(body);
    assert_eq!(ends().next_back(), Some(StreamEnd::Complete));
    Box::pin(open(&[]).await).collect().await.unwrap();
    assert_eq!(ends().collect::<Vec<_>>()[2..], [StreamEnd::Complete]);
}
