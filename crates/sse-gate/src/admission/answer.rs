//! Answers that need no handler and are not refusals: OPTIONS, 204 and `sse.wait`.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, REFERRER_POLICY};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use sse_gate_resume::{Resumed, Sessions};

use crate::headers;

/// How long a client is asked to wait before it comes back to a server that is full.
///
/// The server may have used the client's id already, without the client knowing. Such an id can be
/// shown again for a short window (`ResumePolicy::window`). Twice this time must fit in the shortest
/// window, with time left for the network.
const LATER: Duration = Duration::from_secs(3);

/// 204 with the methods that a stream has (RFC 9110 §9.3.7).
pub(super) fn options(methods: &'static str) -> Response<Full<Bytes>> {
    let mut response = no_content();
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(methods));
    response
}

/// 204: a native `EventSource` stops (HTML §9.2.3).
pub(super) fn gone() -> Response<Full<Bytes>> {
    let mut response = no_content();
    response
        .headers_mut()
        .insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// 200 and a stream that ends at once, so that a native `EventSource` comes back later. An error
/// status would stop it for good.
pub(super) fn later(sessions: &Sessions, resume_id: &str) -> Response<Full<Bytes>> {
    stream(sessions.retry_later(resume_id, LATER))
}

/// The same for a client whose resume id is spent already. It gets a new one.
pub(super) fn later_with_id(resumed: Resumed) -> Response<Full<Bytes>> {
    stream(resumed.retry_later(LATER))
}

fn no_content() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn stream(events: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(events));
    headers::event_stream(response.headers_mut());
    response
}
