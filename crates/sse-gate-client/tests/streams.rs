//! The stream over transports that a test makes up, in paused time.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::{Request, Response};
use http_body::{Body, Frame};
use sse_gate_client::{
    Attempt, Direct, EventSource, Events, Http, RetryReason, State, StreamRequest, TokenError,
    TokenSource, Transport, Update,
};
use tokio::time::{Instant, sleep, timeout};

const OPEN: &str =
    "id: sser1.k.s.0.t.9\nevent: sse.open\ndata: {\"gap\":{\"from\":2,\"to\":9}}\n\n";
const COMPLETE: &str = "event: sse.close\ndata: {\"reason\":\"complete\"}\n\n";

/// What one body has: chunks, and whether it ends behind them or is silent.
#[derive(Clone, Debug)]
struct Script {
    chunks: VecDeque<&'static str>,
    ends: bool,
    /// Whether the last chunk comes again and again.
    repeats: bool,
    /// Whether the next chunk was asked for; `None` for a body that has it at once. That of hyper has not.
    asked: Option<bool>,
    /// Has another owner until the body is dropped.
    held: Arc<()>,
}

impl Script {
    fn new<const N: usize>(chunks: [&'static str; N]) -> Self {
        Self {
            chunks: chunks.into(),
            ends: true,
            repeats: false,
            asked: None,
            held: Arc::default(),
        }
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.asked = self.asked.map(|asked| !asked);
        if self.asked == Some(true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.repeats && self.chunks.len() == 1 {
            let again = self.chunks[0];
            self.chunks.push_back(again);
        }
        match self.chunks.pop_front() {
            Some(chunk) => Poll::Ready(Some(Ok(Frame::data(chunk.into())))),
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// Answers with one body after the other, and counts.
#[derive(Clone, Debug)]
struct Scripted {
    bodies: Arc<Mutex<VecDeque<Script>>>,
    sent: Arc<AtomicUsize>,
}

impl Scripted {
    fn new<const N: usize>(bodies: [Script; N]) -> Self {
        Self {
            bodies: Arc::new(Mutex::new(bodies.into())),
            sent: Arc::default(),
        }
    }

    fn open(&self) -> EventSource {
        let direct = Direct::new("https://example.org/").expect("it is a URL");
        EventSource::new(self.clone(), direct)
    }

    fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

impl Transport for Scripted {
    type Body = Script;
    type Error = &'static str;

    async fn send(&self, _: Request<Bytes>) -> Result<Response<Script>, &'static str> {
        self.sent.fetch_add(1, Ordering::SeqCst);
        let next = self.bodies.lock().expect("no panic").pop_front();
        let mut response = Response::new(next.ok_or("there is no body left")?);
        let kind = http::HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert("content-type", kind);
        Ok(response)
    }
}

/// What a stream waits for first.
async fn first_wait(source: &mut EventSource) -> RetryReason {
    loop {
        let update = source.next().await.expect("an update");
        if let Update::State(State::Waiting(waiting)) = update.expect("no error") {
            return waiting.reason();
        }
    }
}

#[test]
fn streams_can_be_sent_to_other_threads() {
    static_assertions::assert_impl_all!(EventSource: Send, Unpin);
    static_assertions::assert_impl_all!(Events: Send, Unpin);
}

/// H5: nothing that is not shown keeps a task from others.
#[tokio::test]
async fn a_flood_of_comments_leaves_other_tasks_their_turn() {
    let mut flood = Script::new([": flood\n\n"]);
    flood.repeats = true;
    let mut events = Scripted::new([flood]).open().events();
    let moment = Duration::from_millis(20);
    assert!(timeout(moment, events.next()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_silence_ends_the_connection_after_its_time() {
    let mut silent = Script::new(["data: 1\n\n"]);
    silent.ends = false;
    let mut source = Scripted::new([silent]).open();
    let start = Instant::now();
    assert_eq!(first_wait(&mut source).await, RetryReason::Silent);
    assert_eq!(start.elapsed().as_secs(), 45);
}

#[tokio::test(start_paused = true)]
async fn a_user_who_takes_long_is_no_silence_of_the_server() {
    let mut script = Script::new(["data: 1\n\n", "data: 2\n\n", COMPLETE]);
    script.asked = Some(false);
    let transport = Scripted::new([script]);
    let mut events = transport.open().events();
    let mut count = 0;
    while let Some(event) = events.next().await {
        event.expect("no error");
        count += 1;
        sleep(Duration::from_secs(100)).await;
    }
    assert_eq!((count, transport.sent()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn lost_events_are_told_and_counted() {
    let transport = Scripted::new([Script::new([OPEN, "data: 1\n\n", COMPLETE])]);
    let updates: Vec<_> = transport.open().collect().await;
    let gaps = updates.iter().filter_map(|update| match update {
        Ok(Update::Gap(gap)) => Some((gap.from(), gap.to())),
        _ => None,
    });
    assert_eq!(gaps.collect::<Vec<_>>(), [(2, 9)]);

    let transport = Scripted::new([Script::new([OPEN, COMPLETE])]);
    let mut events = transport.open().events();
    assert!(events.next().await.is_none());
    assert_eq!(events.lost(), 8);
    // It is over for good.
    assert!(events.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_is_given_up_and_asked_again() {
    /// Hangs at its first attempt.
    struct Hanging;

    impl TokenSource for Hanging {
        async fn request(
            &mut self,
            attempt: Attempt,
            _: Http,
        ) -> Result<StreamRequest, TokenError> {
            if attempt.number() == 1 {
                std::future::pending::<()>().await;
            }
            StreamRequest::new("https://example.org/").map_err(TokenError::permanent)
        }
    }

    let transport = Scripted::new([Script::new([COMPLETE])]);
    let mut source = EventSource::new(transport.clone(), Hanging);
    assert_eq!(first_wait(&mut source).await, RetryReason::Source);
    assert!(source.events().next().await.is_none());
    assert_eq!(transport.sent(), 1);
}

/// An id that was delivered is there to be kept; one that was only received is not.
#[tokio::test(start_paused = true)]
async fn the_last_id_is_that_of_the_last_event_that_was_delivered() {
    let script = Script::new(["id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n", COMPLETE]);
    let mut events = Scripted::new([script]).open().events();
    let event = events.next().await.expect("an event").expect("no error");
    assert_eq!((event.id(), events.last_event_id()), ("1", Some("1")));
}

/// H5: after a flood of what is not shown comes what is.
#[tokio::test(start_paused = true)]
async fn an_event_behind_many_comments_is_delivered() {
    let mut script = Script::new(["data: 1\n\n"]);
    for _ in 0..200 {
        script.chunks.push_front(": flood\n\n");
    }
    let mut events = Scripted::new([script]).open().events();
    let event = timeout(Duration::from_secs(1), events.next()).await;
    let event = event.expect("the task is woken").expect("an event");
    assert_eq!(event.expect("no error").data(), "1");
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_closed_before_a_wait_and_at_the_end() {
    let wait = "event: sse.wait\ndata: {}\n\n";
    let bodies = [wait, COMPLETE].map(|text| {
        let mut script = Script::new([text]);
        script.ends = false;
        script
    });
    let held = bodies.each_ref().map(|it| Arc::downgrade(&it.held));
    let mut source = Scripted::new(bodies).open();
    assert_eq!(first_wait(&mut source).await, RetryReason::Wait);
    // It waits a second at least.
    let moment = Duration::from_millis(1);
    assert!(timeout(moment, source.next()).await.is_err());
    assert_eq!(held[0].strong_count(), 0);
    while source.next().await.is_some() {}
    assert_eq!(held[1].strong_count(), 0);
}
