//! Server-Sent Events in both directions: an encoder that cannot be injected into, and a decoder that
//! follows the standard to the letter. No input or output, no runtime, no `std`.
//!
//! | | of what | where |
//! |---|---|---|
//! | encode | [`Event`], of [`EventName`], [`EventId`], [`Comment`] and any data | [`Event::encode`], [`Event::to_bytes`] |
//! | decode | chunks of bytes, to [`Frame`]s of [`Message`]s | [`Decoder::feed`], [`Decoder::feed_shared`], `EventStream` |
//!
//! # A server
//! An event stream is lines of text: a field, a colon, a value. Whoever gets a line break into a
//! value writes the next field. So the parts of an event that must fit on one line are types
//! that hold no line break, [`EventName`], [`EventId`] and [`Comment`]; the data, which may have
//! many lines, is split into as many `data` fields; and an [`Event`] is made of nothing else.
//! What is encoded has the fields that were asked for and no other, whatever the text.
//!
//! ```
//! use sse_gate_codec::{Event, EventName};
//!
//! const NOTE: EventName<'static> = EventName::from_static("note");
//!
//! // Data from outside, trying to start an event of its own.
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
//! An event is encoded once for all streams that it goes to: [`Event::to_bytes`] is cheap to clone.
//! Events that leave together share a buffer:
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
//! # A client, over chunks
//! A [`Decoder`] takes chunks as they come, whatever their size. Events borrow from the chunk;
//! [`SharedMessage`]s share it, to be kept or sent to another task.
//!
//! ```
//! use std::io::{self, Read};
//! use std::time::Duration;
//! use sse_gate_codec::{Decoder, EventId, Frame};
//!
//! /// Reads a response to its end; what to send as `Last-Event-ID`, and when.
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
//!                 // Whatever a server says, within bounds of one's own.
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
//! What is passed on means to the next client what it means to this one. A proxy that changes
//! nothing can pass the bytes on as they are; one that looks at events decodes and encodes them:
//!
//! ```
//! use bytes::{Bytes, BytesMut};
//! use sse_gate_codec::{Comment, Decoder, Event, Frame};
//!
//! /// What becomes of a chunk: events that are not for everyone are left out.
//! fn pass_on(decoder: &mut Decoder, chunk: Bytes) -> BytesMut {
//!     let mut out = BytesMut::new();
//!     for frame in decoder.feed_shared(chunk) {
//!         let event = match &frame {
//!             Ok(Frame::Event(message)) if message.event() == "internal" => continue,
//!             Ok(Frame::Event(message)) => Event::try_from(message.as_message()),
//!             Ok(Frame::Retry(delay)) => Ok(Event::new().retry(*delay)),
//!             Ok(Frame::Comment(text)) => Comment::try_from(&**text).map(|it| Event::new().comment(it)),
//!             // The next client can't get it either: let it know.
//!             Err(error) => Comment::try_from(error.to_string()).map(|it| Event::new().comment(it)),
//!         };
//!         // The only text that can't be passed on has a NUL in a type or a comment.
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
//! # What survives the way to the client
//! A client that follows the [HTML standard, §9.2] gets the event that was encoded, with one
//! exception that the format forces: CR, LF and CRLF in the data each arrive as one LF. Leading
//! spaces, empty data, empty lines at the end, a byte order mark and every other character
//! arrive as they were.
//!
//! # Features
//! - `std`, on by default: searches and checks long texts with the fastest instructions of the
//!   processor, picked at run time.
//! - `stream`: `EventStream`, over any `Stream` of chunks.
//! - `http-body`: `EventStream::from_body`, over any `http_body::Body`.
//! - `json`: `Event::json` makes the data from any `serde::Serialize`.
//!
//! Without them the crate is `no_std` and needs `alloc`. It allocates nothing for an event that it
//! lends, beyond buffers that are used again.
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
