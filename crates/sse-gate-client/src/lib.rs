//! A client for Server-Sent Events that keeps its credentials to itself, and loses no event over a
//! reconnect.
//!
//! A stream breaks: a train enters a tunnel, a proxy restarts, a token expires. This client gets a new
//! token if it needs one, comes back with the id of the last event, waits longer and longer while the
//! server is down, and stops when the server says that it should. It reads any event stream, and
//! understands what the resumable routes of [`sse-gate`](https://docs.rs/sse-gate) say beside the events.
//!
//! # Example
//!
//! A stream for which a token is minted before each attempt:
//!
//! ```
//! use futures_util::StreamExt;
//! use serde::Deserialize;
//! use sse_gate_client::{Bearer, EventSource, MintEachTime, ReqwestTransport};
//!
//! #[derive(Deserialize)]
//! struct Progress {
//!     progress: u8,
//! }
//!
//! # // A server that mints one token, and has one stream.
//! # fn serve() -> std::io::Result<String> {
//! #     use std::io::{Read, Write};
//! #     let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! #     let server = format!("http://{}", listener.local_addr()?);
//! #     std::thread::spawn(move || {
//! #         let stream = "data: {\"progress\":50}\n\ndata: {\"progress\":100}\n\n\
//! #             event: sse.close\ndata: {\"v\":1,\"reason\":\"complete\"}\n\n";
//! #         let minted = r#"{"sse_token":"sset1_x","stream_url":"/jobs/7/stream"}"#;
//! #         let bodies = [("application/json", minted), ("text/event-stream", stream)];
//! #         for (kind, body) in bodies {
//! #             let (mut socket, _) = listener.accept().unwrap();
//! #             let mut head = [0; 4096];
//! #             let _ = socket.read(&mut head).unwrap();
//! #             let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close");
//! #             let length = body.len();
//! #             write!(socket, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
//! #         }
//! #     });
//! #     Ok(server)
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = serve()?;
//! let token = MintEachTime::new(&format!("{server}/jobs/7/stream-token"))?
//!     .with_bearer(Bearer::new("a JWT in its three parts".replace(' ', "."))?);
//! let mut events = EventSource::new(ReqwestTransport::new()?, token).events();
//! # let mut seen = Vec::new();
//! while let Some(event) = events.next().await {
//!     let Progress { progress } = event?.json()?;
//!     println!("{progress} %");
//! #   seen.push(progress);
//! }
//! // Here the server has said that the stream is complete.
//! # assert_eq!(seen, [50, 100]);
//! # Ok(())
//! # }
//! ```
//!
//! # The parts
//!
//! | you choose | from |
//! |---|---|
//! | where the credential comes from | [`MintEachTime`], [`MintOnce`], [`Direct`], or a [`TokenSource`] of yours |
//! | what sends requests | [`ReqwestTransport`], [`HyperTransport`], or a [`Transport`] of yours |
//! | how patient the client is | [`Settings`] |
//! | what you want to see | [`EventSource`]: events and state changes; [`Events`]: events alone |
//!
//! Under them is a [`machine`] without input and output, which decides everything. Its
//! documentation has the table of what each status leads to.
//!
//! # Which stream ends how
//!
//! | the stream | `None` after | one `Err` after |
//! |---|---|---|
//! | of a resumable route | `sse.close` with `complete`, or 204 | another reason, if the [`TokenSource`] opens no other session; `sse.error` |
//! | that never declares its end | 204 | |
//! | with [`Settings::with_end_as_complete`] | a body that ends properly | |
//! | any | | a refusal, an answer that is no event stream, the [limit of attempts](Settings::with_attempt_limit) |
//!
//! # What never happens
//!
//! - A credential is sent to another origin than the one that you named: not over a redirect, not by the
//!   answer of a mint. Redirects are followed within one origin only.
//! - A token is taken from anywhere but the answer of a mint.
//! - A credential is printed. [`Bearer`] has no text, and `Debug` of all types leaves out URLs, bearers
//!   and ids, as do the errors.
//! - Memory grows with the stream. The body is read when you poll, an event has a
//!   [limit](Settings::with_max_event), and at most 16 KiB are decoded ahead.
//! - A server is asked without pause. Waits have jitter, grow, and no minute has more than
//!   [30 attempts](Settings::with_attempts_per_minute), whatever the server does.
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `reqwest` | [`ReqwestTransport`]. It is on by default, as most programs have reqwest already |
//! | `hyper` | [`HyperTransport`], which needs fewer crates |
//!
//! Without either, give a [`Transport`] of your own.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The examples of the README, as tests.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
struct Readme;

mod bearer;
mod error;
mod event;
pub mod machine;
mod request;
mod settings;
mod source;
mod token;
mod transport;
mod update;

pub use bearer::{Bearer, BearerSource, InvalidBearerError};
pub use error::{BoxError, Error, ErrorKind};
pub use event::Event;
pub use machine::Attempt;
pub use request::{InvalidUrlError, StreamRequest};
pub use settings::Settings;
pub use source::{EventSource, Events};
pub use token::{Direct, MintEachTime, MintOnce, TokenError, TokenSource};
#[cfg(feature = "hyper")]
#[cfg_attr(docsrs, doc(cfg(feature = "hyper")))]
pub use transport::HyperTransport;
#[cfg(feature = "reqwest")]
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest")))]
pub use transport::ReqwestTransport;
pub use transport::{Http, Transport};
pub use update::{End, Gap, RetryReason, State, Update, Waiting};
