//! Errors as clients see them: [`Problem`], which is problem details (RFC 9457).

mod from;

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

use crate::challenge::Challenge;

/// An error response: `application/problem+json` with `type`, `title`, `status` and `detail`
/// (RFC 9457 §3.1). It is not cached, sniffed or named in a `Referer`.
///
/// The `type` is `about:blank`, so the title is the standard phrase of the status (RFC 9457 §4.2.1). The
/// details of internal errors stay on the server.
///
/// Every error of this crate that a handler meets becomes a problem. So `?` works in a handler that
/// returns `Result<_, Problem>`. With the feature `axum`, a problem is a response:
///
/// ```
/// use sse_gate::{Logs, Problem, Publisher, ResumableBody, ResumableStream};
///
/// async fn answer(stream: ResumableStream, logs: Logs) -> Result<ResumableBody, Problem> {
///     let work = |publisher: Publisher| async move { publisher.finish().await };
///     Ok(stream.produce(&logs, work).await?)
/// }
/// ```
///
/// It is also a response for errors of your own:
///
/// ```
/// use std::time::Duration;
/// use http::StatusCode;
/// use sse_gate::Problem;
///
/// let busy = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The model is busy.")
///     .with_retry_after(Duration::from_millis(1500));
/// let response = busy.into_response();
/// assert_eq!(response.headers()["retry-after"], "2");
/// assert_eq!(response.headers()["cache-control"], "no-store");
/// ```
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
    /// A problem with this status. `detail` is a sentence for the developer of the client. It is sent
    /// as it is, so it must not have a secret in it.
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            detail: detail.into(),
            headers: Vec::new(),
        }
    }

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Sets `Retry-After`: when to try again, in whole seconds, rounded up (RFC 9110 §10.2.3).
    pub fn with_retry_after(self, span: Duration) -> Self {
        let secs = span
            .as_secs()
            .saturating_add(u64::from(span.subsec_nanos() > 0));
        self.with_header(RETRY_AFTER, HeaderValue::from(secs))
    }

    /// Sets `WWW-Authenticate`: how the client can authenticate (RFC 6750 §3).
    pub(crate) fn with_challenge(self, challenge: HeaderValue) -> Self {
        self.with_header(WWW_AUTHENTICATE, challenge)
    }

    /// Sets `Allow`: which methods there are (RFC 9110 §10.2.1).
    pub(crate) fn with_allow(self, methods: &'static str) -> Self {
        self.with_header(ALLOW, HeaderValue::from_static(methods))
    }

    /// Replaces the scheme in `WWW-Authenticate` by that of this challenge, if the header is there.
    pub(crate) fn for_scheme(mut self, challenge: &Challenge) -> Self {
        if let Some(scheme) = challenge.not_bearer() {
            let mut headers = self.headers.iter_mut();
            if let Some((_, value)) = headers.find(|(name, _)| name == WWW_AUTHENTICATE) {
                *value = scheme;
            }
        }
        self
    }

    fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The response, with the problem as its JSON body.
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
        // Text and numbers can always be written as JSON.
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
