//! Events from streams of chunks and from HTTP bodies.
#![cfg(feature = "http-body")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::HeaderMap;
use http_body_util::StreamBody;
use sse_gate_codec::{Decoder, EventStream, Frame, SharedMessage, StreamError};

/// What an event stream that waits for nobody returns.
fn all<S, E>(events: S) -> Vec<Result<Frame<SharedMessage>, StreamError<E>>>
where
    S: Stream<Item = Result<Frame<SharedMessage>, StreamError<E>>>,
{
    pollster::block_on(events.collect())
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
fn chunks_of_any_type_are_decoded_and_an_unfinished_block_is_dropped() {
    fn of<B: Into<Bytes>>(chunks: impl IntoIterator<Item = B>) -> Vec<String> {
        let chunks = stream::iter(chunks.into_iter().map(Ok::<_, Infallible>));
        texts(&all(EventStream::new(
            chunks,
            Decoder::new().with_comments(true),
        )))
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
    let frames = all(EventStream::new(stream::iter(chunks), Decoder::new()));
    assert_eq!(texts(&frames), ["1", "event stream can't be read", "2"]);
    let error = frames[1].as_ref().unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "cut off");
}

/// H5
#[test]
fn an_event_that_is_too_large_is_an_error_and_no_end() {
    let chunks = stream::iter([Ok::<_, Infallible>("data: far too long\n\ndata: 2\n\n")]);
    let frames = all(EventStream::new(chunks, Decoder::new().with_limit(10)));
    assert_eq!(texts(&frames), ["event of a stream is too large", "2"]);
    let error = frames[0].as_ref().unwrap_err();
    let reason = error.source().unwrap().to_string();
    assert_eq!(reason, "event is larger than 10 bytes");
}

#[test]
fn the_decoder_goes_on_from_the_last_event_that_was_returned() {
    let chunk = "id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\nid: 4\n";
    let chunks = stream::iter([Ok::<_, Infallible>(chunk)]);
    let mut events = EventStream::new(chunks, Decoder::new());
    for _ in 0..2 {
        assert!(pollster::block_on(events.next()).unwrap().is_ok());
    }
    let mut decoder = events.into_decoder();
    assert_eq!(decoder.last_event_id(), "2");
    // Nothing unfinished is left, and a byte order mark counts once more.
    let again = Bytes::from_static("\u{feff}data: again\n\n".as_bytes());
    let frames: Vec<_> = decoder.feed_shared(again).collect();
    let [Ok(Frame::Event(message))] = &frames[..] else {
        panic!("{frames:?}")
    };
    assert_eq!((message.data(), message.id()), ("again", "2"));
}

#[test]
fn the_frames_of_a_body_are_those_of_its_data() {
    let mut trailers = HeaderMap::new();
    trailers.insert("data", "none".parse().unwrap());
    let frames = [
        http_body::Frame::data(Bytes::from_static(b"data: 1\n")),
        http_body::Frame::trailers(trailers),
        http_body::Frame::data(Bytes::from_static(b"\ndata: 2\n\n")),
    ];
    let body = StreamBody::new(stream::iter(frames.map(Ok::<_, Infallible>)));
    let frames = all(EventStream::from_body(body, Decoder::new()));
    assert_eq!(texts(&frames), ["1", "2"]);
}

#[test]
fn an_error_of_a_body_is_returned() {
    let frames = [
        Ok(http_body::Frame::data(Bytes::from_static(b"data: 1\n\n"))),
        Err(io::Error::other("reset")),
    ];
    let body = StreamBody::new(stream::iter(frames));
    let frames = all(EventStream::from_body(body, Decoder::new()));
    assert_eq!(texts(&frames), ["1", "event stream can't be read"]);
}

/// Has its next answer ready only at each second time, and must not be asked after its end.
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
            None => panic!("asked after its end"),
        }
    }
}

#[test]
fn it_waits_for_its_chunks_and_ends_for_good_with_them() {
    let chunks = Hesitant(["data", ": 1\n", "\n", "end"].into(), false);
    let mut events = EventStream::new(chunks, Decoder::new());
    let mut polls = Vec::new();
    for _ in 0..10 {
        let mut cx = Context::from_waker(Waker::noop());
        polls.push(match Pin::new(&mut events).poll_next(&mut cx) {
            Poll::Pending => "wait".to_owned(),
            Poll::Ready(Some(frame)) => text(&frame),
            Poll::Ready(None) => "end".to_owned(),
        });
    }
    let expected = ["wait", "wait", "wait", "1", "wait", "end", "end", "end"];
    assert_eq!(polls[..8], expected);
}
