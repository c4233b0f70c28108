//! What an `SseBody` sends besides its events, and how its failures are told.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod beats;
mod durations;
mod failures;

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use http_body::Body;
use http_body_util::BodyExt;
use sse_gate::Event;
use tokio::sync::mpsc;

pub(crate) type Said = Result<Event<'static>, &'static str>;

/// A stream that says what it is sent.
pub(crate) fn channel() -> (
    mpsc::UnboundedSender<Said>,
    impl futures_util::Stream<Item = Said> + Unpin + Send,
) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    (sender, stream::poll_fn(move |cx| receiver.poll_recv(cx)))
}

/// The next frame of a body, as text; `None` at its end.
pub(crate) async fn next<B>(body: &mut B) -> Option<String>
where
    B: Body<Data = Bytes, Error = Infallible> + Unpin,
{
    let frame = body.frame().await?;
    let data = frame.unwrap_or_else(|never| match never {}).into_data();
    Some(String::from_utf8(data.unwrap().to_vec()).unwrap())
}
