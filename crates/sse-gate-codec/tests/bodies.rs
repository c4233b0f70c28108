//! Messages and frames from HTTP bodies.
#![cfg(feature = "http-body")]

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::HeaderMap;
use http_body_util::{Full, StreamBody};
use sse_gate_codec::{BodyEventsExt, Decoder, Frame, SharedMessage, StreamError};

/// The data of messages.
fn data(messages: &[SharedMessage]) -> Vec<&str> {
    messages.iter().map(SharedMessage::data).collect()
}

#[test]
fn the_messages_of_a_body_are_those_of_its_data() {
    let mut trailers = HeaderMap::new();
    trailers.insert("data", "none".parse().unwrap());
    let frames = [
        http_body::Frame::data(Bytes::from_static(b"data: 1\n")),
        http_body::Frame::trailers(trailers),
        http_body::Frame::data(Bytes::from_static(b"\ndata: 2\n\n")),
    ];
    // This type is a stream, too, but not one of chunks.
    let body = StreamBody::new(stream::iter(frames.map(Ok::<_, Infallible>)));
    let messages: Vec<_> = pollster::block_on(body.events().try_collect()).unwrap();
    assert_eq!(data(&messages), ["1", "2"]);
}

#[test]
fn the_frames_of_a_body_have_its_comments() {
    let body = Full::<Bytes>::from(":c\ndata: 1\n\n");
    let frames = body.frames_with(Decoder::new().with_comments(true));
    let frames: Vec<_> = pollster::block_on(frames.try_collect()).unwrap();
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[0], Frame::Comment("c".to_owned()));
}

#[test]
fn an_error_of_a_body_is_returned() {
    let frames = [
        Ok(http_body::Frame::data(Bytes::from_static(b"data: 1\n\n"))),
        Err(io::Error::other("reset")),
    ];
    let mut events = StreamBody::new(stream::iter(frames)).events();
    assert_eq!(
        pollster::block_on(events.next()).unwrap().unwrap().data(),
        "1"
    );
    match pollster::block_on(events.next()) {
        Some(Err(StreamError::Chunks(error))) => assert_eq!(error.to_string(), "reset"),
        other => panic!("{other:?}"),
    }
}
