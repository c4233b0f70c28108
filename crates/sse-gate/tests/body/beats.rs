//! The first bytes, and what breaks the silence after them.

use std::time::Duration;

use futures_util::poll;
use futures_util::stream;
use http_body_util::BodyExt;
use sse_gate::codec::{Decoder, Frame};
use sse_gate::{Event, SseBody};
use tokio::time::{Instant, advance, sleep};

use crate::{Said, channel, next};

const COMMENT: &str = ":\n\n";

/// H11: the first bytes are there when the server first asks, or Firefox does not fire `open`.
#[tokio::test]
async fn a_quiet_stream_begins_with_a_comment_at_once() {
    let mut body = Box::pin(SseBody::new(stream::pending::<Said>()));
    let first = poll!(body.frame());
    let std::task::Poll::Ready(Some(Ok(frame))) = first else {
        panic!("nothing leaves with the head: {first:?}");
    };
    assert_eq!(frame.into_data().unwrap(), COMMENT);
    assert!(poll!(body.frame()).is_pending(), "one comment is enough");
}

/// H11: where events are ready, they are the first bytes, and nothing is put before them.
#[tokio::test]
async fn a_stream_with_events_begins_with_them() {
    let (sender, events) = channel();
    let mut body = Box::pin(SseBody::new(events));
    sender.send(Ok(Event::new().data("one"))).unwrap();
    assert_eq!(next(&mut body).await.unwrap(), "data: one\n\n");
    assert!(poll!(body.frame()).is_pending());
    let mut empty = Box::pin(SseBody::new(stream::empty::<Said>()));
    assert_eq!(next(&mut empty).await, None);
}

/// H10: the silence is measured from the last bytes, whenever they came: the comment is not late.
#[tokio::test(start_paused = true)]
async fn a_comment_follows_the_last_bytes_after_the_set_silence() {
    let silence = Duration::from_secs(2);
    for spoken in [0, 1, 100, 1_000, 1_999, 2_001, 3_500, 7_777] {
        let (sender, events) = channel();
        let mut body = Box::pin(SseBody::new(events).with_heartbeat(silence));
        let start = Instant::now();
        assert_eq!(next(&mut body).await.unwrap(), COMMENT, "the first bytes");
        let speaker = async {
            sleep(Duration::from_millis(spoken)).await;
            sender.send(Ok(Event::new().data("x"))).unwrap();
        };
        let listener = async {
            let mut last = start;
            loop {
                let frame = next(&mut body).await.unwrap();
                assert!(last.elapsed() <= silence, "late: {:?}", last.elapsed());
                last = Instant::now();
                if frame.contains("data: x") {
                    break;
                }
            }
            for beat in 1..=3 {
                assert_eq!(next(&mut body).await.unwrap(), COMMENT);
                let due = Duration::from_millis(spoken) + silence * beat;
                assert_eq!(start.elapsed(), due, "event at {spoken} ms");
            }
        };
        tokio::join!(speaker, listener);
    }
}

/// H10: events that come more often than the silence put every comment off.
#[tokio::test(start_paused = true)]
async fn a_stream_that_speaks_needs_no_comments() {
    let (sender, events) = channel();
    let mut body = Box::pin(SseBody::new(events).with_heartbeat(Duration::from_secs(2)));
    next(&mut body).await;
    for _ in 0..20 {
        assert!(poll!(body.frame()).is_pending());
        advance(Duration::from_millis(1_900)).await;
        sender.send(Ok(Event::new().data("x"))).unwrap();
        assert_eq!(next(&mut body).await.unwrap(), "data: x\n\n");
    }
}

/// H10: the named heartbeat is an event that pages can listen for. It has no id: a client goes on
/// behind the event that it had before.
#[tokio::test(start_paused = true)]
async fn a_named_heartbeat_is_an_event_that_moves_no_id() {
    let (sender, events) = channel();
    let body = SseBody::new(events).with_heartbeat(Duration::from_secs(1));
    let mut body = Box::pin(body.with_named_heartbeat());
    let id = "7".try_into().unwrap();
    sender.send(Ok(Event::new().id(id).data("one"))).unwrap();
    let mut decoder = Decoder::new();
    let (mut names, mut comments) = (Vec::new(), 0);
    for _ in 0..3 {
        let frame = next(&mut body).await.unwrap();
        comments += usize::from(frame.starts_with(":\n"));
        let mut feed = decoder.feed(frame.as_bytes());
        while let Some(frame) = feed.next_frame() {
            match frame.unwrap() {
                Frame::Event(event) => {
                    assert_eq!(event.id(), "7");
                    names.push(event.event().to_owned());
                    let data = event.data();
                    assert!(data == "one" || data == r#"{"v":1}"#, "{data}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(names, ["message", "sse.heartbeat", "sse.heartbeat"]);
    assert_eq!(comments, 2, "the comment is still there");
    assert_eq!(decoder.last_event_id(), "7");
}
