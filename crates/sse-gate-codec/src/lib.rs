//! Server-Sent Events in both directions: an encoder that cannot be injected into, and a decoder that
//! follows the standard to the letter. No input or output, no runtime, no `std`.
//!
//! | to | use | with |
//! |---|---|---|
//! | encode an event | [`Event`], made of [`EventName`], [`EventId`], [`Comment`] and data | [`Event::encode`], [`Event::to_bytes`] |
//! | encode a stream of events | `EncodedStream` | heartbeats, events that are ready together in one chunk |
//! | decode a body or a stream of chunks | `.events()`, which makes an `EventStream` | [`SharedMessage`]s |
//! | decode chunks | [`Decoder::feed`], [`Decoder::feed_shared`] | [`Frame`]s of [`Message`]s or [`SharedMessage`]s |
//!
//! # A server
//! An event stream is lines of text: a field, a colon, a value. A line break in a value would begin the
//! next field. So the parts of an event that must fit on one line, [`EventName`], [`EventId`] and
//! [`Comment`], are types that hold no line break. Data may have many lines: each becomes a `data`
//! field. An [`Event`] has nothing else, so the encoded event has the fields that you set and no others,
//! whatever the texts are.
//!
//! ```
//! use sse_gate_codec::{Event, EventName};
//!
//! const NOTE: EventName<'static> = EventName::from_static("note");
//!
//! // Data from outside that tries to begin an event of its own.
//! let hostile = "hello\n\nevent: logout\rdata: now";
//! let bytes = Event::new().event(NOTE).data(hostile).to_bytes();
//! assert_eq!(
//!     bytes,
//!     "event: note\ndata: hello\ndata: \ndata: event: logout\ndata: data: now\n\n"
//! );
//!
//! // A name from outside is checked before there is an event.
//! let error = EventName::try_from("note\nevent: logout").unwrap_err();
//! assert_eq!(error.to_string(), "line feed at byte 4 of an event name");
//! ```
//!
//! Encode an event once for all the streams that it goes to: the result of [`Event::to_bytes`] is cheap
//! to clone. Events that leave together share a buffer:
//!
//! ```
//! use sse_gate_codec::{Event, EventId};
//!
//! let mut buffer = bytes::BytesMut::new();
//! for (number, line) in ["first", "second"].into_iter().enumerate() {
//!     Event::new().id(EventId::from(number as u64)).data(line).encode(&mut buffer);
//! }
//! buffer.extend_from_slice(Event::HEARTBEAT);
//! assert_eq!(buffer, "id: 0\ndata: first\n\nid: 1\ndata: second\n\n:\n\n");
//! ```
//!
//! # A client
//! With the feature `stream` or `http-body`, any stream of chunks or HTTP body has `.events()`:
//!
#![cfg_attr(
    feature = "http-body",
    doc = r#"```
use futures_util::StreamExt;
use sse_gate_codec::BodyEventsExt;

# pollster::block_on(async {
# let body = http_body_util::Full::<bytes::Bytes>::from("retry: 500\nid: 7\ndata: hello\n\n");
let mut events = body.events();
while let Some(message) = events.next().await {
    let message = message?;
    println!("{}: {}", message.event(), message.data());
}
// To reconnect: wait this long, and send this as `Last-Event-ID`.
let wait = events.retry();
let decoder = events.into_decoder();
assert_eq!((wait.unwrap().as_millis(), decoder.last_event_id()), (500, "7"));
# Ok::<_, sse_gate_codec::StreamError<std::convert::Infallible>>(())
# }).unwrap();
```"#
)]
//!
//! # A client without a runtime
//! A [`Decoder`] takes chunks of any size as they come. [`Message`]s borrow from the chunk.
//! [`SharedMessage`]s are yours to keep or to send to another task: short ones are copied, and long ones
//! share the chunk.
//!
//! ```
//! use std::io::{self, Read};
//! use std::time::Duration;
//! use sse_gate_codec::{Decoder, EventId, Frame};
//!
//! /// Reads a response to its end. Returns what to send as `Last-Event-ID`, and when.
//! fn read(mut response: impl Read, last: EventId<'_>) -> io::Result<(String, Duration)> {
//!     let mut decoder = Decoder::new().with_last_event_id(&last);
//!     let (mut wait, mut buffer) = (Duration::from_secs(3), [0; 4096]);
//!     loop {
//!         let len = response.read(&mut buffer)?;
//!         if len == 0 {
//!             return Ok((decoder.last_event_id().to_owned(), wait));
//!         }
//!         let mut feed = decoder.feed(&buffer[..len]);
//!         while let Some(frame) = feed.next_frame() {
//!             match frame.map_err(io::Error::other)? {
//!                 Frame::Event(message) => println!("{}: {}", message.event(), message.data()),
//!                 // The server may name any time: clamp it.
//!                 Frame::Retry(delay) => wait = delay.clamp(Duration::from_secs(1), Duration::from_secs(60)),
//!                 Frame::Comment(_) => {}
//!             }
//!         }
//!     }
//! }
//!
//! let response = &b"retry: 20\nid: 7\ndata: hello\n\ndata: cut o"[..];
//! assert_eq!(read(response, EventId::from_static("6"))?, ("7".into(), Duration::from_secs(1)));
//! # Ok::<(), io::Error>(())
//! ```
//!
//! # A proxy
//! A proxy that changes nothing passes on the bytes. A proxy that looks at events decodes and encodes
//! them. An event then means to the next client what it means to the proxy:
//!
//! ```
//! use bytes::{Bytes, BytesMut};
//! use sse_gate_codec::{Comment, Decoder, Event, Frame};
//!
//! /// Passes on a chunk without the events that are internal.
//! fn pass_on(decoder: &mut Decoder, chunk: Bytes) -> BytesMut {
//!     let mut out = BytesMut::new();
//!     for frame in decoder.feed_shared(chunk) {
//!         let event = match &frame {
//!             Ok(Frame::Event(message)) if message.event() == "internal" => continue,
//!             Ok(Frame::Event(message)) => Event::try_from(message.as_message()),
//!             Ok(Frame::Retry(delay)) => Ok(Event::new().retry(*delay)),
//!             Ok(Frame::Comment(text)) => Comment::try_from(&**text).map(|it| Event::new().comment(it)),
//!             // The next client can't get this event either. A comment tells why.
//!             Err(error) => Comment::try_from(error.to_string()).map(|it| Event::new().comment(it)),
//!         };
//!         // Only a type or a comment with a NUL can't be passed on.
//!         if let Ok(event) = event {
//!             event.encode(&mut out);
//!         }
//!     }
//!     out
//! }
//!
//! let mut decoder = Decoder::new().with_comments(true);
//! assert_eq!(pass_on(&mut decoder, "data:a\revent: internal\r\rdata:b\rid:".into()), "");
//! assert_eq!(pass_on(&mut decoder, "1\r\r".into()), "id: 1\ndata: b\n\n");
//! ```
//!
//! # What arrives at the client
//! A client that follows the [HTML standard, §9.2] gets the event that was encoded, with one
//! exception that the format forces: CR, LF and CRLF in the data each arrive as one LF. Leading
//! spaces, empty data, empty lines at the end, a byte order mark and all other characters
//! arrive unchanged.
//!
//! # Words
//! This crate uses the words of the standard. An *event stream* is made of *events*, which end at an
//! empty line. An event has *comments* and *fields*. An event with data is *dispatched*: the client gets
//! its type, its data and the last event id, here a *message*.
//!
//! Methods that set how something works are named `with_…`, such as [`Decoder::with_limit`]. Methods that
//! set a part of a value are named after the part, such as [`Event::data`]: an [`Event`] is a value, and
//! reads like the fields that it writes.
//!
//! # Features
//! - `std`, on by default: searches and checks long texts with the fastest instructions of the
//!   processor, which it finds at run time.
//! - `stream`: `.events()` on any `Stream` of chunks, and `EncodedStream`.
//! - `http-body`: `.events()` on any `http_body::Body`.
//! - `json`: `Event::json` writes the data from any `serde::Serialize`, and `Message::json` reads it
//!   into any `serde::Deserialize`.
//!
//! Without features the crate is `no_std` and needs `alloc`. It allocates nothing for an event that it
//! lends, except buffers that it uses again.
//!
//! [HTML standard, §9.2]: https://html.spec.whatwg.org/multipage/server-sent-events.html
#![cfg_attr(doctest, doc = include_str!("../README.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

extern crate alloc;

mod comment;
mod decode;
mod encode;
mod ends;
mod event;
mod id;
mod invalid_field;
#[cfg(feature = "json")]
mod json;
mod lines;
mod name;
mod retry;
#[cfg(feature = "stream")]
mod stream;
mod text;

pub use comment::Comment;
pub use decode::{
    Decoder, Feed, Frame, Incomplete, Message, SharedFeed, SharedMessage, TooLargeError,
};
pub use event::Event;
pub use id::EventId;
pub use invalid_field::{InvalidFieldError, InvalidFieldErrorKind};
#[cfg(feature = "json")]
pub use json::{JsonError, JsonErrorKind};
pub use name::EventName;
#[cfg(feature = "http-body")]
pub use stream::{BodyChunks, BodyEventsExt};
#[cfg(feature = "stream")]
pub use stream::{
    EncodedStream, EventItem, EventStream, FrameStream, StreamError, StreamEventsExt,
};
