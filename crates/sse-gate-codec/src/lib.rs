//! Server-Sent Events that cannot be injected into.
//!
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
//! # What survives the way to the client
//! A client that follows the [HTML standard, §9.2] gets the event that was encoded, with one
//! exception that the format forces: CR, LF and CRLF in the data each arrive as one LF. Leading
//! spaces, empty data, empty lines at the end, a byte order mark and every other character
//! arrive as they were.
//!
//! # Features
//! - `json`: `Event::json` makes the data from any `serde::Serialize`.
//!
//! The crate is `no_std` and needs `alloc`.
//!
//! [HTML standard, §9.2]: https://html.spec.whatwg.org/multipage/server-sent-events.html
#![cfg_attr(doctest, doc = include_str!("../README.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

extern crate alloc;

#[cfg(feature = "http-body")]
mod body;
mod comment;
mod decode;
mod encode;
mod ends;
mod error;
mod event;
mod id;
#[cfg(feature = "json")]
mod json;
mod lines;
mod name;
mod retry;
#[cfg(feature = "stream")]
mod stream;
mod text;

#[cfg(feature = "http-body")]
pub use body::BodyChunks;
pub use comment::Comment;
pub use decode::{Decoder, Feed, Frame, Message, SharedFeed, SharedMessage, TooLarge};
pub use error::{InvalidField, InvalidFieldKind};
pub use event::Event;
pub use id::EventId;
#[cfg(feature = "json")]
pub use json::JsonError;
pub use name::EventName;
#[cfg(feature = "stream")]
pub use stream::{EventStream, StreamError};
