//! The response that has the token: [`IssuedToken`].

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY};
use http::{HeaderValue, Response};
use http_body_util::Full;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use sse_gate_core::{Issued, Timestamp, Token, TokenKey};

/// A token that was just issued. It is a response: 200, JSON, not to be cached.
///
/// [`Gate::issue`](crate::Gate::issue) returns it. With the feature `axum`, a handler can return it.
/// Neither its `Debug` nor any log shows the token.
///
/// ```
/// use sse_gate::{Gate, GrantRequest, Resource, Subject};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let gate = Gate::in_memory();
/// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["feed"])?);
/// let issued = gate.issue(request).await?.with_member("stream_url", "/feed");
/// let response = issued.into_response();
/// assert_eq!(response.headers()["cache-control"], "no-store");
/// # Ok(())
/// # }
/// ```
pub struct IssuedToken {
    issued: Issued,
    members: Map<String, Value>,
}

impl IssuedToken {
    pub(crate) fn new(issued: Issued, members: Map<String, Value>) -> Self {
        Self { issued, members }
    }

    /// The token. Send it only to the client that asked for it.
    pub fn token(&self) -> &Token {
        self.issued.token()
    }

    /// The key to [withdraw](crate::Gate::withdraw) the token with. It is not a secret: you may keep it
    /// and log it.
    pub fn key(&self) -> TokenKey {
        self.issued.key()
    }

    /// When the token expires, if it is not used.
    pub fn expires_at(&self) -> Timestamp {
        self.issued.expires_at()
    }

    /// How long the token lives, to the millisecond.
    pub fn ttl(&self) -> Duration {
        self.issued.ttl()
    }

    /// Adds a member to the JSON of the response.
    pub fn with_member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }

    /// The response. Its JSON has the token as `sse_token`, the lifetime in whole seconds as
    /// `expires_in`, and the added members.
    pub fn into_response(self) -> Response<Full<Bytes>> {
        self.into_response_as("sse_token")
    }

    /// The same with another name for the member that has the token.
    pub fn into_response_as(self, token_member: &'static str) -> Response<Full<Bytes>> {
        let members = Members {
            token: (token_member, self.token().expose()),
            expires_in: self.ttl().as_secs(),
            others: &self.members,
        };
        // Text, numbers and JSON values can always be written as JSON.
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
}

impl fmt::Debug for IssuedToken {
    /// Shows only the names of the members: a value may have the token in it, as a URL has.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<&String> = self.members.keys().collect();
        f.debug_struct("IssuedToken")
            .field("issued", &self.issued)
            .field("members", &members)
            .finish()
    }
}

struct Members<'a> {
    token: (&'static str, &'a str),
    expires_in: u64,
    others: &'a Map<String, Value>,
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, token) = self.token;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(name, token)?;
        map.serialize_entry("expires_in", &self.expires_in)?;
        let others = self.others.iter();
        for (member, value) in others.filter(|(other, _)| *other != name && *other != "expires_in")
        {
            map.serialize_entry(member, value)?;
        }
        map.end()
    }
}
