//! Errors as clients see them: [`Problem`], RFC 9457 problem details.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;
use sse_gate_core::{Cap, IssueError, IssueErrorKind};

/// An error response: `application/problem+json` with `type`, `title`, `status` and `detail`
/// (RFC 9457 §3.1), which nobody caches, sniffs or names in a `Referer`.
///
/// The `type` is `about:blank`, so the title is that of the status.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    detail: Cow<'static, str>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Serialize)]
struct Members<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
}

impl Problem {
    /// The problem of this status, with a sentence for whoever reads it.
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            detail: detail.into(),
            headers: Vec::new(),
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Says when to try again, in whole seconds, rounded up (RFC 9110 §10.2.3).
    pub fn with_retry_after(self, span: Duration) -> Self {
        let secs = span
            .as_secs()
            .saturating_add(u64::from(span.subsec_nanos() > 0));
        self.with_header(RETRY_AFTER, HeaderValue::from(secs))
    }

    /// Says what the client should authenticate with (RFC 6750 §3).
    pub(crate) fn with_challenge(self, challenge: &'static str) -> Self {
        self.with_header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }

    /// Says which methods there are (RFC 9110 §10.2.1).
    pub(crate) fn with_allow(self, methods: &'static str) -> Self {
        self.with_header(ALLOW, HeaderValue::from_static(methods))
    }

    fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The response.
    pub fn into_response(self) -> Response<Full<Bytes>> {
        let Self {
            status,
            detail,
            headers,
        } = self;
        let title = status.canonical_reason().unwrap_or("Error");
        let members = Members {
            r#type: "about:blank",
            title,
            status: status.as_u16(),
            detail: &detail,
        };
        // Four members that are text and numbers: there is nothing in them that JSON can't say.
        let body = serde_json::to_vec(&members).unwrap_or_default();
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status;
        response.headers_mut().extend(headers);
        for (name, value) in [
            (CONTENT_TYPE, "application/problem+json"),
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl From<&IssueError> for Problem {
    /// What a client is told that gets no token: 401, 413, 429 or 503.
    fn from(error: &IssueError) -> Self {
        let problem = match error.kind() {
            IssueErrorKind::CredentialExpired => {
                return Self::new(StatusCode::UNAUTHORIZED, "The credential has expired.")
                    .with_challenge(crate::challenge::INVALID_TOKEN);
            }
            // The caller has signed out since it showed the credential. To ask again with the same
            // one is of no use, so it is neither a conflict nor a failure of the server's.
            IssueErrorKind::Withdrawn => {
                return Self::new(StatusCode::UNAUTHORIZED, "You have signed out meanwhile.")
                    .with_challenge(crate::challenge::INVALID_TOKEN);
            }
            IssueErrorKind::Full(Cap::PayloadPerToken) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.")
            }
            IssueErrorKind::Full(Cap::TokensPerSubject | Cap::PayloadPerSubject) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "You have as many unused stream tokens as you may have.",
            ),
            _ => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "No token can be issued right now.",
            ),
        };
        match error.retry_after() {
            Some(span) => problem.with_retry_after(span),
            None if problem.status == StatusCode::SERVICE_UNAVAILABLE => {
                problem.with_retry_after(Duration::from_secs(1))
            }
            None => problem,
        }
    }
}
