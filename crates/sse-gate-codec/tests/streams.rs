//! Frames and messages from streams of chunks.
#![cfg(feature = "stream")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use sse_gate_codec::{
    Decoder, EventStream, Frame, FrameStream, SharedMessage, StreamError, StreamEventsExt,
};

/// All that a stream returns which never has to wait.
fn all<S, E>(frames: S) -> Vec<Result<Frame<SharedMessage>, StreamError<E>>>
where
    S: Stream<Item = Result<Frame<SharedMessage>, StreamError<E>>>,
{
    pollster::block_on(frames.collect())
}

/// The frame, as text.
fn text<E: Error>(frame: &Result<Frame<SharedMessage>, StreamError<E>>) -> String {
    match frame {
        Ok(Frame::Event(message)) => message.data().to_owned(),
        Ok(Frame::Retry(delay)) => format!("{delay:?}"),
        Ok(Frame::Comment(text)) => format!(":{text}"),
        Err(error) => error.to_string(),
    }
}

fn texts<E: Error>(frames: &[Result<Frame<SharedMessage>, StreamError<E>>]) -> Vec<String> {
    frames.iter().map(text).collect()
}

#[test]
fn chunks_of_any_type_are_decoded_and_an_incomplete_event_is_dropped() {
    fn of<B: Into<Bytes>>(chunks: impl IntoIterator<Item = B>) -> Vec<String> {
        let chunks = stream::iter(chunks.into_iter().map(Ok::<_, Infallible>));
        texts(&all(chunks.frames_with(Decoder::new().with_comments(true))))
    }
    let expected = ["1", "5ms", ":c", "2\n3"];
    let parts = [
        "data: 1\n\nretry: 5\n:c\nda",
        "ta: 2\nda",
        "ta: 3\n\ndata: 4\n",
    ];
    assert_eq!(of(parts), expected);
    assert_eq!(of(parts.map(str::to_owned)), expected);
    assert_eq!(of(parts.map(|it| it.as_bytes().to_vec())), expected);
    assert_eq!(of(parts.map(Bytes::from)), expected);
    assert!(of([""; 0]).is_empty());
}

#[test]
fn an_error_of_the_chunks_is_returned_between_the_frames_around_it() {
    let chunks = [
        Ok("data: 1\n\ndata: "),
        Err(io::Error::other("cut off")),
        Ok("2\n\n"),
    ];
    let frames = all(stream::iter(chunks).frames_with(Decoder::new()));
    assert_eq!(texts(&frames), ["1", "event stream can't be read", "2"]);
    let error = frames[1].as_ref().unwrap_err();
    assert!(!error.is_too_large());
    assert_eq!(error.source().unwrap().to_string(), "cut off");
}

/// H5
#[test]
fn an_event_that_is_too_large_is_an_error_and_no_end() {
    let chunks = stream::iter([Ok::<_, Infallible>("data: far too long\n\ndata: 2\n\n")]);
    let frames = all(chunks.frames_with(Decoder::new().with_limit(10)));
    assert_eq!(texts(&frames), ["event of a stream is too large", "2"]);
    let error = frames[0].as_ref().unwrap_err();
    assert!(error.is_too_large());
    let reason = error.source().unwrap().to_string();
    assert_eq!(reason, "event is larger than 10 bytes");
}

#[test]
fn the_decoder_goes_on_from_the_last_event_that_was_returned() {
    let chunk = "id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\nid: 4\n";
    let chunks = || stream::iter([Ok::<_, Infallible>(chunk)]);
    let mut frames = FrameStream::new(chunks(), Decoder::new());
    let mut events = EventStream::new(chunks(), Decoder::new());
    for _ in 0..2 {
        assert!(pollster::block_on(frames.next()).unwrap().is_ok());
        assert!(pollster::block_on(events.next()).unwrap().is_ok());
    }
    for mut decoder in [frames.into_decoder(), events.into_decoder()] {
        assert_eq!(decoder.last_event_id(), "2");
        // Nothing incomplete is left, and a byte order mark is left out again.
        let again = Bytes::from_static("\u{feff}data: again\n\n".as_bytes());
        let frames: Vec<_> = decoder.feed_shared(again).collect();
        let [Ok(Frame::Event(message))] = &frames[..] else {
            panic!("{frames:?}")
        };
        assert_eq!((message.data(), message.id()), ("again", "2"));
    }
}

/// Is ready at every second poll, and panics if it is polled after its end.
struct Hesitant(VecDeque<&'static str>, bool);

impl Stream for Hesitant {
    type Item = Result<&'static str, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.1 = !self.1;
        if self.1 {
            return Poll::Pending;
        }
        match self.0.pop_front() {
            Some("end") => Poll::Ready(None),
            Some(chunk) => Poll::Ready(Some(Ok(chunk))),
            None => panic!("polled after its end"),
        }
    }
}

#[test]
fn it_waits_for_its_chunks_and_ends_for_good_with_them() {
    let chunks = Hesitant(["data", ": 1\n", "\n", "end"].into(), false);
    let mut events = chunks.events();
    let mut polls = Vec::new();
    for _ in 0..10 {
        let mut cx = Context::from_waker(Waker::noop());
        polls.push(match Pin::new(&mut events).poll_next(&mut cx) {
            Poll::Pending => "wait".to_owned(),
            Poll::Ready(Some(message)) => message.unwrap().data().to_owned(),
            Poll::Ready(None) => "end".to_owned(),
        });
    }
    let expected = ["wait", "wait", "wait", "1", "wait", "end", "end", "end"];
    assert_eq!(polls[..8], expected);
}

#[test]
fn messages_come_without_comments_and_the_last_retry_is_kept() {
    let stream = ":c\ndata: 1\n\nretry: 5\n\n:c\ndata: 2\nretry: 7\n\n";
    for len in [1, 2, 5, stream.len()] {
        let chunks = stream.as_bytes().chunks(len).map(Bytes::copy_from_slice);
        let mut events = stream::iter(chunks.map(Ok::<_, Infallible>))
            .events_with(Decoder::new().with_comments(true));
        assert_eq!(events.retry(), None);
        let first = pollster::block_on(events.next()).unwrap().unwrap();
        assert_eq!((first.data(), events.retry()), ("1", None), "{len}");
        let second = pollster::block_on(events.next()).unwrap().unwrap();
        let millis = events.retry().map(|delay| delay.as_millis());
        assert_eq!((second.data(), millis), ("2", Some(7)), "{len}");
        assert!(pollster::block_on(events.next()).is_none(), "{len}");
    }
}

#[test]
fn messages_go_on_after_each_kind_of_error() {
    let chunks = [
        Ok("data: far too long\n\ndata: 1\n\n"),
        Err(io::Error::other("cut off")),
        Ok("data: 2\n\n"),
    ];
    let events = stream::iter(chunks).events_with(Decoder::new().with_limit(10));
    let seen = pollster::block_on(events.collect::<Vec<_>>());
    let seen: Vec<_> = seen
        .iter()
        .map(|it| {
            it.as_ref()
                .map_or_else(ToString::to_string, |it| it.data().to_owned())
        })
        .collect();
    let (large, lost) = (
        "event of a stream is too large",
        "event stream can't be read",
    );
    assert_eq!(seen, [large, "1", lost, "2"]);
}
