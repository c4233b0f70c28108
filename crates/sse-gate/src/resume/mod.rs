//! Streams that survive native reconnects: what [`GateLayer::resumable`](crate::GateLayer::resumable)
//! adds to a route.
//!
//! # Which requests pass
//!
//! One with a fresh token, as on any route: it opens a session. And one with a resume id in
//! `Last-Event-ID` and the spent token of the same session where it stands: it goes on. All the
//! [checks](crate::gate) that come before the token come before the resume id, too, and consume
//! nothing.
//!
//! A resume id is no veto. If it is no good, for whatever reason, it counts for nothing, and the token
//! beside it is redeemed as if it had come alone: a fresh one opens a session of its own. Clients that
//! ask for a token at each attempt bring their last id along, and after a restart the server does not know it.
//!
//! # What a refused client sees
//!
//! | shown | answer |
//! |---|---|
//! | both factors, of a session that is over or whose events the client has had | 204: a native `EventSource` stops |
//! | a token that is not fresh, with an id that is not its session's | the 401 of every bad token, to the byte |
//! | the same, with several ids | 400: none of them counts |
//! | a resume id, when there is no room, the stream was taken over too often, or the store can't be asked | 200 and `sse.wait`, with its own id and a time to wait: it asks again |
//!
//! # What the page gets
//!
//! The handler's events, and some of the library's own, which `onmessage` never sees. A page may
//! listen to them; it need not. Their data is JSON.
//!
//! | event | data | when |
//! |---|---|---|
//! | `sse.open` | `{"v":1,"gap":null}`, or the gap | first of each connection |
//! | `sse.gap` | `{"v":1,"from":7,"to":9}` | these events are gone for good |
//! | `sse.close` | `{"v":1,"reason":"deadline"}` | last: the session is closed, the client is to stop |
//! | `sse.error` | `{"v":1,"reason":"internal"}` | last: the work broke off |
//! | `sse.wait` | `{"v":1}` | all there is of a connection that can't be served now |
//! | `sse.heartbeat` | `{"v":1}` | after a silence, if [asked for](crate::ResumableBody::named_heartbeat); it has no id |
//!
//! After a connection broke in the middle of an event, `WebKit` puts what it had of it before the
//! data of `sse.open` or `sse.wait`: only the last line counts. The event itself comes again.
//!
//! # What the handler does
//!
//! It finds a [`ResumableStream`] in the request's extensions, at the first opening and at each
//! resume, and says what is streamed: [`produce`](ResumableStream::produce) for work of the
//! session's own, which runs once, or [`follow`](ResumableStream::follow) for a log that many
//! read. It is asked each time, so it may also refuse.
//!
//! # What the deployment must take care of
//!
//! A proxy must pass `Last-Event-ID` on, and must neither buffer, cache nor redirect the route.

mod body;
mod error;
mod follow;
mod produce;
mod settings;
mod stream;

pub use body::ResumableBody;
pub use error::AttachError;
pub use follow::Follow;
pub use produce::{WorkError, WorkOutput, WorkSlots};
pub use settings::Resumable;
pub use stream::ResumableStream;
pub(crate) use stream::{First, Unattached};
