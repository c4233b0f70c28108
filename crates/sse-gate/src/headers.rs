//! The headers of a stream's response, and responses without content.

use bytes::Bytes;
use http::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http_body::Body;
use http_body_util::Full;

/// The media type of an event stream (HTML §9.2.5). It is always UTF-8, so no charset is named.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The answer to HEAD: the same headers, without the content (RFC 9110 §9.3.2). Over HTTP/1.1 servers
/// remove the content themselves. Over HTTP/2 they don't, and the content breaks the connection.
///
/// `Content-Length` is the length of the content that is left out (RFC 9110 §8.6). A framework that sees
/// an empty body would set it to 0.
pub(crate) fn without_content(response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    let (mut head, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        let length = HeaderValue::from(length);
        head.headers.entry(CONTENT_LENGTH).or_insert(length);
    }
    Response::from_parts(head, Full::default())
}

/// Sets the headers against caching, buffering and `Referer`. They replace what a handler has set.
pub(crate) fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (CACHE_CONTROL, "no-store, no-transform, private"),
        (X_ACCEL_BUFFERING, "no"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Sets all headers of a response whose body is an event stream.
pub(crate) fn event_stream(headers: &mut HeaderMap) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
    protect(headers);
}
