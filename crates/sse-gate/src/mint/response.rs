//! The response with the token in it.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY};
use http::{HeaderValue, Response};
use http_body_util::Full;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use sse_gate_core::Issued;

/// 200 with the token, its lifetime in whole seconds, and the permit's members. It is the one
/// place where a token leaves the server.
pub(super) fn token(
    issued: &Issued,
    token_member: &'static str,
    others: Map<String, Value>,
) -> Response<Full<Bytes>> {
    let members = Members {
        token: (token_member, issued.token().expose()),
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

struct Members<'a> {
    token: (&'static str, &'a str),
    expires_in: u64,
    others: Map<String, Value>,
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, token) = self.token;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(name, token)?;
        map.serialize_entry("expires_in", &self.expires_in)?;
        for (name, value) in &self.others {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
