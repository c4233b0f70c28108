//! The response with the token in it.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY};
use http::{HeaderValue, Response};
use http_body_util::Full;
use serde::Serialize;
use serde_json::{Map, Value};
use sse_gate_core::Issued;

/// The members of the response: the token, its lifetime in whole seconds, and the permit's.
#[derive(Serialize)]
struct Members<'a> {
    sse_token: &'a str,
    expires_in: u64,
    #[serde(flatten)]
    others: &'a Map<String, Value>,
}

/// 200 with the token. It is the one place where a token leaves the server.
pub(super) fn token(issued: &Issued, others: &Map<String, Value>) -> Response<Full<Bytes>> {
    let members = Members {
        sse_token: issued.token().expose(),
        expires_in: issued.ttl().as_secs(),
        others,
    };
    // Text, numbers and JSON that is one already: nothing in it can't be said.
    let body = serde_json::to_vec(&members).unwrap_or_default();
    let mut response = Response::new(Full::from(body));
    for (name, value) in [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
