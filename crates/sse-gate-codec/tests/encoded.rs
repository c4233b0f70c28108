//! Streams of events as streams of bytes: what leaves together, and when a heartbeat does.
#![cfg(feature = "stream")]

mod hostile;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod parts;
mod reference;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use hostile::config;
use parts::parts;
use proptest::prelude::*;
use reference::decode;
use sse_gate_codec::{EncodedStream, Event, StreamEventsExt};

const SECOND: Duration = Duration::from_secs(1);
const SILENCE: Duration = Duration::from_secs(15);
const ALMOST: Duration = Duration::from_secs(14);

/// A clock that the test moves by hand.
#[derive(Clone, Default)]
struct Clock(Rc<Cell<Duration>>);

impl Clock {
    fn pass(&self, time: Duration) {
        self.0.set(self.0.get() + time);
    }

    /// A function that sleeps by this clock.
    fn sleep(&self) -> impl FnMut(Duration) -> Sleep + use<> {
        let clock = self.clone();
        move |time| Box::pin(clock.clone().wait(time))
    }

    async fn wait(self, time: Duration) {
        let end = self.0.get() + time;
        poll_fn(|_| {
            if self.0.get() < end {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
    }
}

type Sleep = Pin<Box<dyn Future<Output = ()>>>;

type Item = Result<Event<'static>, &'static str>;

/// Events that the test sends by hand. Ends after `None`, and panics if it is polled after that.
#[derive(Clone, Default)]
struct Events(Rc<RefCell<VecDeque<Option<Item>>>>);

impl Events {
    fn send(&self, data: &'static str) {
        self.0
            .borrow_mut()
            .push_back(Some(Ok(Event::new().data(data))));
    }

    fn fail(&self, error: &'static str) {
        self.0.borrow_mut().push_back(Some(Err(error)));
    }

    fn end(&self) {
        self.0.borrow_mut().push_back(None);
    }
}

impl Stream for Events {
    type Item = Item;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Item>> {
        let mut items = self.0.borrow_mut();
        match items.front() {
            None => Poll::Pending,
            Some(None) if items.len() > 1 => panic!("polled after its end"),
            Some(None) => {
                items.push_back(None);
                Poll::Ready(None)
            }
            Some(Some(_)) => Poll::Ready(items.pop_front().flatten()),
        }
    }
}

/// What the stream has now, as text; `None` if it has to wait.
fn now<S, E>(chunks: &mut S) -> Option<String>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: ToString,
{
    let mut cx = Context::from_waker(Waker::noop());
    match Pin::new(chunks).poll_next(&mut cx) {
        Poll::Pending => None,
        Poll::Ready(None) => Some("end".to_owned()),
        Poll::Ready(Some(Ok(chunk))) => Some(String::from_utf8(chunk.to_vec()).expect("text")),
        Poll::Ready(Some(Err(error))) => Some(error.to_string()),
    }
}

const HEARTBEAT: &str = ":\n\n";

#[test]
fn events_that_are_ready_together_leave_in_one_chunk() {
    let events = Events::default();
    let mut chunks = EncodedStream::new(events.clone());
    assert_eq!(now(&mut chunks), None);
    events.send("1");
    events.send("2");
    assert_eq!(now(&mut chunks).unwrap(), "data: 1\n\ndata: 2\n\n");
    assert_eq!(now(&mut chunks), None);
    events.send("3");
    events.end();
    assert_eq!(now(&mut chunks).unwrap(), "data: 3\n\n");
    assert_eq!(now(&mut chunks).unwrap(), "end");
    assert_eq!(now(&mut chunks).unwrap(), "end");
}

/// H5: a stream that always has more events must not fill the memory.
#[test]
fn a_chunk_takes_no_more_events_once_it_has_its_size() {
    // Each event is nine bytes.
    for (size, events) in [(0, 1), (1, 1), (9, 1), (10, 2), (18, 2), (19, 3)] {
        let many = stream::repeat_with(|| Event::new().data("1")).take(10_000);
        let mut chunks = EncodedStream::new(many).with_chunk_size(size);
        for _ in 0..3 {
            let chunk = now(&mut chunks).unwrap();
            assert_eq!(chunk, "data: 1\n\n".repeat(events), "{size}");
        }
    }
    let many = stream::repeat_with(|| Event::new().data("x".repeat(100))).take(10_000);
    let chunk = now(&mut EncodedStream::new(many)).unwrap();
    let most = 16 * 1024 + 108;
    assert!((16 * 1024..most).contains(&chunk.len()), "{}", chunk.len());
}

#[test]
fn an_error_is_returned_between_the_chunks_around_it() {
    let events = Events::default();
    let mut chunks = EncodedStream::new(events.clone());
    events.fail("first");
    events.send("1");
    events.fail("second");
    events.fail("third");
    events.send("2");
    events.end();
    let seen: Vec<_> = std::iter::from_fn(|| now(&mut chunks)).take(6).collect();
    let expected = [
        "first",
        "data: 1\n\n",
        "second",
        "third",
        "data: 2\n\n",
        "end",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_stream_of_plain_events_has_no_errors() {
    let texts = ["one".to_owned(), "two".to_owned()];
    let events = stream::iter(&texts).map(|text| Event::new().data(text));
    let chunks: Result<Vec<Bytes>, Infallible> =
        pollster::block_on(EncodedStream::new(events).try_collect());
    assert_eq!(chunks.unwrap(), ["data: one\n\ndata: two\n\n"]);
}

#[test]
fn a_heartbeat_comes_after_each_silence_and_no_earlier() {
    let (clock, events) = (Clock::default(), Events::default());
    let chunks = EncodedStream::new(events.clone());
    let mut chunks = chunks.with_heartbeat(SILENCE, clock.sleep());
    for _ in 0..2 {
        assert_eq!(now(&mut chunks), None);
        clock.pass(ALMOST);
        assert_eq!(now(&mut chunks), None);
        clock.pass(SECOND);
        assert_eq!(now(&mut chunks).unwrap(), HEARTBEAT);
    }
}

#[test]
fn an_event_ends_the_silence() {
    let (clock, events) = (Clock::default(), Events::default());
    let chunks = EncodedStream::new(events.clone());
    let mut chunks = chunks.with_heartbeat(SILENCE, clock.sleep());
    for _ in 0..10 {
        // Just before the end of the silence, and together with it.
        for wait in [ALMOST, SILENCE] {
            assert_eq!(now(&mut chunks), None);
            clock.pass(wait);
            events.send("1");
            assert_eq!(now(&mut chunks).unwrap(), "data: 1\n\n");
        }
    }
    // The next silence begins after the last event.
    assert_eq!(now(&mut chunks), None);
    clock.pass(SILENCE);
    assert_eq!(now(&mut chunks).unwrap(), HEARTBEAT);
}

#[test]
fn a_stream_without_heartbeats_stays_silent_and_an_ended_one_sends_none() {
    let (clock, events) = (Clock::default(), Events::default());
    let mut silent = EncodedStream::new(events.clone());
    assert_eq!(now(&mut silent), None);
    clock.pass(Duration::MAX);
    assert_eq!(now(&mut silent), None);

    let clock = Clock::default();
    let chunks = EncodedStream::new(events.clone());
    let mut chunks = chunks.with_heartbeat(SILENCE, clock.sleep());
    assert_eq!(now(&mut chunks), None);
    events.end();
    clock.pass(SILENCE);
    assert_eq!(now(&mut chunks).unwrap(), "end");
    clock.pass(SILENCE);
    assert_eq!(now(&mut chunks).unwrap(), "end");
}

#[test]
fn a_busy_stream_makes_no_timer_and_a_silence_of_no_length_is_a_millisecond() {
    let (events, asked) = (Events::default(), RefCell::new(Vec::new()));
    let sleep = |silence| {
        asked.borrow_mut().push(silence);
        std::future::pending::<()>()
    };
    let mut chunks = EncodedStream::new(events.clone()).with_heartbeat(Duration::ZERO, sleep);
    for _ in 0..3 {
        events.send("1");
        assert_eq!(now(&mut chunks).unwrap(), "data: 1\n\n");
    }
    assert_eq!(*asked.borrow(), []);
    for _ in 0..3 {
        assert_eq!(now(&mut chunks), None);
    }
    assert_eq!(*asked.borrow(), [Duration::from_millis(1)]);
}

#[test]
fn settings_may_come_in_any_order() {
    let events = Events::default();
    events.send("1");
    events.send("2");
    let ready = |_| std::future::ready(());
    let chunks = EncodedStream::new(events.clone()).with_chunk_size(1);
    let mut chunks = chunks.with_heartbeat(SILENCE, ready);
    assert_eq!(now(&mut chunks).unwrap(), "data: 1\n\n");
    let mut chunks = chunks.with_chunk_size(0);
    assert_eq!(now(&mut chunks).unwrap(), "data: 2\n\n");
    assert_eq!(now(&mut chunks).unwrap(), HEARTBEAT);
}

#[test]
fn what_is_shown_for_debugging_has_the_settings() {
    let chunks = EncodedStream::new(stream::empty::<Event<'_>>()).with_chunk_size(7);
    let shown = format!("{chunks:?}");
    assert!(
        shown.starts_with("EncodedStream { events: Empty"),
        "{shown}"
    );
    assert!(shown.contains("chunk_size: 7"), "{shown}");
}

/// With the clock of a runtime, which is where the timers come from in a server.
#[tokio::test(start_paused = true)]
#[cfg_attr(miri, ignore = "needs a runtime")]
async fn the_sleep_of_a_runtime_fits_as_it_is() {
    let start = tokio::time::Instant::now();
    let wait = Duration::from_secs(20);
    let late = stream::once(async move {
        tokio::time::sleep(wait).await;
        Event::new().data("late")
    });
    let chunks = EncodedStream::new(late).with_heartbeat(SILENCE, tokio::time::sleep);
    let seen: Vec<_> = chunks
        .map(|chunk| (start.elapsed().as_secs(), chunk.unwrap()))
        .collect()
        .await;
    assert_eq!(
        seen,
        [
            (15, Bytes::from_static(HEARTBEAT.as_bytes())),
            (20, Bytes::from_static(b"data: late\n\n"))
        ]
    );
}

/// What happens between two polls of a stream.
#[derive(Debug, Clone)]
enum Happens {
    Event(parts::Parts),
    Silence,
}

proptest! {
    #![proptest_config(config())]

    /// H1, H3: heartbeats come between events, never within one, and each event arrives once.
    #[test]
    fn no_heartbeat_comes_in_the_middle_of_an_event(
        list in prop::collection::vec(
            prop_oneof![parts().prop_map(Happens::Event), Just(Happens::Silence)],
            0..8,
        ),
        size in prop_oneof![Just(0_usize), 1..200_usize],
    ) {
        let (clock, events) = (Clock::default(), Events::default());
        let chunks = EncodedStream::new(events.clone()).with_chunk_size(size);
        let mut chunks = chunks.with_heartbeat(SILENCE, clock.sleep());
        let (mut sent, mut without, mut heartbeats) = (Vec::new(), Vec::new(), 0);
        for happens in list {
            match happens {
                Happens::Event(parts) => {
                    let event = parts.event().into_owned();
                    without.extend_from_slice(&event.to_bytes());
                    events.0.borrow_mut().push_back(Some(Ok(event)));
                }
                Happens::Silence => {
                    while let Some(chunk) = now(&mut chunks) {
                        sent.push(chunk);
                    }
                    clock.pass(SILENCE);
                    sent.push(now(&mut chunks).expect("a heartbeat"));
                    prop_assert_eq!(sent.last().map(String::as_str), Some(HEARTBEAT));
                    heartbeats += 1;
                }
            }
        }
        while let Some(chunk) = now(&mut chunks) {
            sent.push(chunk);
        }
        prop_assert!(sent.iter().all(|chunk| chunk.ends_with('\n')));
        let (seen, expected) = (decode(sent.concat().as_bytes(), ""), decode(&without, ""));
        prop_assert_eq!(seen.comments.len(), expected.comments.len() + heartbeats);
        prop_assert_eq!(seen.fields, expected.fields);
        prop_assert_eq!(seen.events, expected.events);
    }

    /// H3: the stream of events of one side is that of the other.
    #[test]
    fn events_arrive_through_both_streams(list in prop::collection::vec(parts(), 0..6)) {
        let events = stream::iter(&list).map(parts::Parts::event);
        let received = EncodedStream::new(events).with_chunk_size(64).events();
        let received: Vec<_> = pollster::block_on(received.try_collect()).unwrap();
        let expected: Vec<_> = list.iter().filter_map(parts::Parts::normal_data).collect();
        let received: Vec<_> = received.iter().map(|it| it.data().to_owned()).collect();
        prop_assert_eq!(received, expected);
    }
}
