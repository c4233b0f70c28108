//! The client without its input and output: [`Machine`].
//!
//! A machine holds no socket, no clock and no randomness. You tell it what came in and what time it is,
//! and it says what to do next. [`EventSource`](crate::EventSource) drives one with a
//! [`Transport`](crate::Transport) on tokio. Use a machine of your own for another runtime, or to test
//! how a program deals with faults.
//!
//! ```text
//!            ┌────────────────────────────────────────────────┐
//!            ▼                                                │
//!  Prepare ──▶ Send ──head──▶ open ──end, failure, silence──▶ Wait
//!     │         │ │            │
//!     │         │ └─redirect─▶ Send
//!     └─────────┴──────────────┴──▶ Closed: complete, 204, or an error
//! ```
//!
//! What an answer leads to:
//!
//! | status | action |
//! |---|---|
//! | 200, `text/event-stream` | read the stream |
//! | 200, another type, or with a `Content-Encoding` | stop |
//! | 204 | stop: the stream is over, and that is no error |
//! | 301, 302, 303, 307, 308, same origin | follow, five times in a row at most |
//! | 301, 302, 303, 307, 308, other origin | stop: no credential goes there |
//! | 401 | get a new credential at once; if that gets 401 before a stream was open, stop |
//! | 429, 503 | try again after `Retry-After`, or with backoff |
//! | 408, 425, other 5xx | try again, with backoff |
//! | 403, 404, 410 and all others | stop |
//!
//! What the body leads to:
//!
//! | in the body | action |
//! |---|---|
//! | an event | deliver it, unless it is a duplicate; backoff and count of failures begin anew |
//! | another name that begins with `sse.` | a sign of life: it is not delivered |
//! | `sse.open`, `sse.gap` with lost events | deliver a [`Gap`](crate::Gap) |
//! | `sse.close`, reason `complete` | stop: the stream is complete |
//! | `sse.close`, reason `deadline`, `idle` or `rollback` | get a new credential, and open another session |
//! | `sse.close`, another reason; `sse.error` | stop with an error |
//! | `sse.wait` | try again after the reconnection time: it is no failure |
//! | the end, or a failure | deliver what is complete, then try again with backoff |
//! | silence | try again with backoff |
//! | an event that is too large | stop |
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//! use http::{HeaderMap, HeaderValue, StatusCode};
//! use sse_gate_client::machine::{Machine, Step};
//! use sse_gate_client::{Settings, State, StreamRequest, Update};
//!
//! let mut machine = Machine::new(Settings::new());
//! let (now, random) = (Duration::ZERO, 7);
//! let mut next = |machine: &mut Machine| machine.poll(now, random);
//!
//! assert!(matches!(next(&mut machine), Step::Update(Update::State(State::Connecting(1)))));
//! assert!(matches!(next(&mut machine), Step::Prepare(_)));
//! machine.prepared(StreamRequest::new("https://example.org/feed")?);
//! let Step::Send(request) = next(&mut machine) else { panic!("it has a request") };
//! assert_eq!(request.headers()["accept"], "text/event-stream");
//!
//! let mut headers = HeaderMap::new();
//! headers.insert("content-type", HeaderValue::from_static("text/event-stream"));
//! machine.head(now, StatusCode::OK, &headers);
//! machine.chunk(now, "id: 7\ndata: hello\n\n".into());
//! assert!(matches!(next(&mut machine), Step::Update(Update::State(State::Open))));
//! assert!(matches!(next(&mut machine), Step::Update(Update::Event(it)) if it.data() == "hello"));
//! assert_eq!(machine.last_event_id(), Some("7"));
//!
//! // The connection breaks: wait, and connect again.
//! machine.end();
//! assert!(matches!(next(&mut machine), Step::Update(Update::State(State::Waiting(_)))));
//! assert!(matches!(next(&mut machine), Step::Wait(until) if until >= Duration::from_secs(1)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answers;
mod backoff;
mod notice;
mod phase;
mod position;
mod rate;
mod reader;
mod request;
mod retry_after;
mod run;
mod step;
mod table;

pub(crate) use retry_after::retry_after;
pub use run::Machine;
pub use step::{Attempt, Step};
pub(crate) use table::Action;
