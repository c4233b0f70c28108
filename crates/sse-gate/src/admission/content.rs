//! Whether a request has content: [`Look`].
//!
//! Framing does not show it. `Transfer-Encoding: chunked`, HEADERS without `END_STREAM`, and a body
//! whose `is_end_stream` is false may all turn out to be empty: proxies and layers turn a plain GET
//! into such requests. Content is a length that is not zero, or a data frame with bytes in it.

use std::any::Any;
use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http::header::{CONTENT_LENGTH, EXPECT};
use http::{HeaderMap, Request};
use http_body::Body;
use http_body_util::Limited;
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use hyper::body::Incoming;
use pin_project::pin_project;
use tokio::time::{Sleep, sleep};

type BoxError = Box<dyn Error + Send + Sync>;

/// How many frames are read at most. A client can send empty frames for ever.
const MAX_FRAMES: usize = 16;

/// How long to wait for a frame that directly follows the head. Only a request whose end is unknown
/// waits.
const FOLLOWS_AT_ONCE: Duration = Duration::from_millis(10);

/// Looks for content in the body of a request, before the store is asked about the token.
#[pin_project]
#[derive(Default)]
pub(super) struct Look {
    /// Runs from when the body was first found pending.
    #[pin]
    patience: Option<Sleep>,
}

impl Look {
    /// Whether there is content. A body whose frames do not come in time counts as empty.
    pub(super) fn poll<B: Body + 'static>(
        self: Pin<&mut Self>,
        request: &mut Request<B>,
        cx: &mut Context<'_>,
    ) -> Poll<bool> {
        if let Poll::Ready(is_there) = poll(request, cx) {
            return Poll::Ready(is_there);
        }
        let mut patience = self.project().patience;
        if patience.is_none() {
            patience.set(Some(sleep(FOLLOWS_AT_ONCE)));
        }
        let patience = patience.as_pin_mut().expect("it was just set");
        patience.poll(cx).map(|()| false)
    }
}

/// Whether `Content-Length` announces content, or is invalid (RFC 9110 §8.6). A list of zeros counts as
/// zero.
pub(super) fn is_announced(headers: &HeaderMap) -> bool {
    let is_zero = |length: &[u8]| {
        let length = length.trim_ascii();
        !length.is_empty() && length.iter().all(|digit| *digit == b'0')
    };
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    !lengths.all(|value| value.as_bytes().split(|byte| *byte == b',').all(is_zero))
}

/// A client that expects "100 Continue" sends its content only when the server polls the body. So the
/// body is not polled then.
fn poll<B: Body + 'static>(request: &mut Request<B>, cx: &mut Context<'_>) -> Poll<bool> {
    let is_held_back = request.headers().contains_key(EXPECT);
    let body = request.body_mut();
    if body.size_hint().lower() > 0 {
        return Poll::Ready(true);
    }
    if is_held_back || body.is_end_stream() {
        return Poll::Ready(false);
    }
    poll_known(body, cx)
}

/// Whether one of the first frames has bytes, or the body is broken.
///
/// A body that was polled must not be moved unless it is `Unpin`, and the body is moved to the handler
/// later. A generic function can't find out whether a type is `Unpin`. So this function knows the
/// bodies that servers and routers make. All others count as empty.
fn poll_known(body: &mut dyn Any, cx: &mut Context<'_>) -> Poll<bool> {
    let known = [
        poll_as::<Incoming>,
        poll_as::<Limited<Incoming>>,
        poll_as::<BoxBody<Bytes, BoxError>>,
        poll_as::<BoxBody<Bytes, Infallible>>,
        poll_as::<BoxBody<Bytes, hyper::Error>>,
        poll_as::<UnsyncBoxBody<Bytes, BoxError>>,
        poll_as::<UnsyncBoxBody<Bytes, Infallible>>,
        poll_as::<UnsyncBoxBody<Bytes, hyper::Error>>,
        #[cfg(feature = "axum")]
        poll_as::<axum_core::body::Body>,
    ];
    let found = known.iter().find_map(|poll| poll(body, cx));
    found.unwrap_or(Poll::Ready(false))
}

fn poll_as<B: Body + Unpin + 'static>(
    body: &mut dyn Any,
    cx: &mut Context<'_>,
) -> Option<Poll<bool>> {
    let body = body.downcast_mut::<B>()?;
    Some(poll_frames(Pin::new(body), cx))
}

fn poll_frames(mut body: Pin<&mut impl Body>, cx: &mut Context<'_>) -> Poll<bool> {
    for _ in 0..MAX_FRAMES {
        let frame = match ready!(body.as_mut().poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            // A body that can't be read may have content.
            Some(Err(_)) => return Poll::Ready(true),
            None => break,
        };
        if frame.data_ref().is_some_and(Buf::has_remaining) {
            return Poll::Ready(true);
        }
        if body.is_end_stream() {
            break;
        }
    }
    Poll::Ready(false)
}
