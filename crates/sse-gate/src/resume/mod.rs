//! Streams that survive reconnects: what [`GateLayer::resumable`](crate::GateLayer::resumable) adds to a
//! route.
//!
//! A browser that loses its stream asks for the same URL again, with the id of the last event that it
//! got. Without this module, the second request is refused: its token is spent. With it, the id proves
//! the right to continue, and the client gets what it missed.
//!
//! # Which requests pass
//!
//! - A request with a fresh token opens a session, as on any route.
//! - A request with a resume id in `Last-Event-ID`, and with the spent token of the same session,
//!   continues the session. Neither of the two is enough alone.
//! - A [caller](crate::GateLayer::with_callers) with its own credential does both without a token.
//!
//! The [checks](mod@crate::admission) that come before the token also come before the resume id. They
//! consume nothing.
//!
//! An invalid resume id is ignored, and the token beside it is redeemed as if it had come alone. A
//! fresh token then opens a new session. So clients that get a new token for each attempt may send
//! their last id along, and after a restart of the server they are not locked out.
//!
//! # What a refused client sees
//!
//! | shown | answer |
//! |---|---|
//! | id and token of a session that is over, or that the client has all events of | 204: a native `EventSource` stops |
//! | a token that is not fresh, with an invalid id or an id of another session | the 401 of every bad token, byte for byte |
//! | a token that is not fresh, with several ids | 400: several ids are ignored |
//! | a resume id, when there is no free slot, the stream was taken over too often, the store fails, or the other nodes are not heard | 200 and `sse.wait`, with the same id and a time to wait |
//!
//! # Events of the library
//!
//! A page gets the events of the handler, and some of the library. Their names begin with `sse.`, so
//! `onmessage` never gets them. A page can ignore them, or listen with `addEventListener`. Their data
//! is JSON.
//!
//! | event | data | when |
//! |---|---|---|
//! | `sse.open` | `{"v":1,"gap":null}`, or the gap | the first event of each connection |
//! | `sse.gap` | `{"v":1,"from":7,"to":9}` | these events are lost for this client |
//! | `sse.close` | `{"v":1,"reason":"complete"}` | the last event: the client has the whole stream |
//! | `sse.close` | `{"v":1,"reason":"deadline"}`, or another reason | the last event: the session was closed before its log ended |
//! | `sse.error` | `{"v":1,"reason":"internal"}` | the last event: the work failed |
//! | `sse.wait` | `{"v":1}` | the only event of a connection that can't be served now |
//! | `sse.heartbeat` | `{"v":1}` | after a silence, if you [ask for it](ResumableBody::with_named_heartbeat); it has no id |
//!
//! **An answer is whole if the page got `sse.close` with the reason `complete`.** Without that event, the
//! connection broke, and the browser comes back. The other reasons are those of
//! [`CloseReason`](sse_gate_resume::CloseReason): `deadline`, `revoked`, `reuse`, `rollback`,
//! `displaced`. A client whose connection breaks between the last event and `sse.close` comes back and
//! gets 204. If the connection breaks before `sse.error`, the client comes back and gets that, as long as the log is
//! there: an answer that failed is not taken for a whole one.
//!
//! If a connection breaks in the middle of an event, `WebKit` adds the first part of that event to the
//! data of `sse.open` or `sse.wait`. Only the last line is the event's own data. The broken event comes
//! again.
//!
//! # What the handler does
//!
//! It finds a [`ResumableStream`] in the request, at the first opening and at each resume. It chooses
//! what to stream:
//!
//! - [`produce`](ResumableStream::produce): work for this session alone. It runs once, and goes on while
//!   the client is away.
//! - [`follow`](ResumableStream::follow): a log that many clients read, like the log of a
//!   [topic](sse_gate_resume::Topics).
//!
//! The handler is called for each connection, so it can also refuse.
//!
//! # Where a client continues
//!
//! A resume id holds the number of the last event. The client gets the events behind it, and names of
//! lost ones in the gap of `sse.open`. A caller that keeps the numbers itself sends one as
//! `Last-Event-ID` or as the query parameter `after`: see [`ResumableStream::cursor`].
//!
//! # Several nodes
//!
//! Sessions with a [bus](sse_gate_resume::Sessions::with_bus) listen to the other nodes in a task. It starts
//! when [`Resumable`] is made within a Tokio runtime, or else with the first request, and ends with the
//! sessions. While [`is_connected`](sse_gate_resume::Sessions::is_connected) is false, no client gets in: a
//! fresh token gets 503 with `Retry-After`, and stays unused; a resume id gets 200 and `sse.wait`. Say so in
//! your health check.
//!
//! # What the deployment must take care of
//!
//! A proxy must pass `Last-Event-ID` on, and must neither buffer, cache nor redirect the route.
//!
//! # Example
//!
//! A client reads a whole answer, and then asks again:
//!
//! ```
//! use http::{Request, StatusCode};
//! use http_body_util::{BodyExt, Empty};
//! use sse_gate::{
//!     Event, Gate, GateLayer, GrantRequest, Problem, Publisher, ResumableStream, SseRoute, Subject,
//! };
//! use tower::{Layer, Service, service_fn};
//!
//! # type Error = Box<dyn std::error::Error>;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! let (gate, route) = (Gate::in_memory(), SseRoute::new("/answers/{id}")?);
//! let logs = gate.new_logs();
//! let handler = service_fn(move |request: Request<Empty<bytes::Bytes>>| {
//!     let logs = logs.clone();
//!     async move {
//!         let stream = ResumableStream::of(request.extensions()).expect("the route is resumable");
//!         let work = |publisher: Publisher| async move {
//!             publisher.publish(&Event::new().data("hello")).await?;
//!             publisher.finish().await
//!         };
//!         let body = stream.produce(&logs, work).await.expect("there is room");
//!         Ok::<_, std::convert::Infallible>(body.into_response())
//!     }
//! });
//! let layer = GateLayer::new(&gate, &route).resumable(&gate.new_sessions()?);
//! let mut service = layer.layer(handler);
//!
//! let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, route.resource(["7"])?)).await?;
//! let uri = format!("{}?token={}", route.url(["7"])?, issued.token().expose());
//! let request = || Request::get(&uri).header("accept", "text/event-stream");
//!
//! let response = service.call(request().body(Empty::new())?).await?;
//! let bytes = response.into_body().collect().await?.to_bytes();
//! let text = std::str::from_utf8(&bytes)?;
//! assert!(text.contains("event: sse.open\n") && text.contains("data: hello\n"));
//! assert!(text.ends_with("event: sse.close\ndata: {\"v\":1,\"reason\":\"complete\"}\n\n"));
//!
//! let last_id = text.lines().filter_map(|line| line.strip_prefix("id: ")).last().expect("an id");
//! let again = request().header("last-event-id", last_id).body(Empty::new())?;
//! assert_eq!(service.call(again).await?.status(), StatusCode::NO_CONTENT);
//! # Ok(())
//! # }
//! ```

mod attachment;
mod body;
mod error;
mod follow;
mod listening;
mod produce;
mod settings;
mod stop_handle;
mod stream;

pub(crate) use attachment::{NewSession, Unattached};
pub use body::ResumableBody;
pub use error::AttachError;
pub use follow::Follow;
pub use produce::{WorkError, WorkOutput, WorkSlots};
pub use settings::Resumable;
pub(crate) use settings::in_background;
pub use stop_handle::StopHandle;
pub use stream::ResumableStream;
