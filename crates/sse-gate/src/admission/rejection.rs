//! Why a request is refused: [`GateRejection`].

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;

use crate::challenge::Challenge;
use crate::problem::Problem;

/// Why a request was refused, as far as its client may know.
///
/// [`BadToken`](Self::BadToken) is the one value for all bad tokens. So responses that you write with
/// [`GateLayer::on_refusal`](super::GateLayer::on_refusal) can't tell them apart either. The exact
/// reason goes to the gate's observer, as a [`RefusalReason`](sse_gate_core::RefusalReason).
///
/// The bearer door answers with the problems of the mint instead: see the [module](super).
///
/// ```
/// use http::StatusCode;
/// use sse_gate::GateRejection;
///
/// let rejection = GateRejection::BadToken;
/// assert_eq!(rejection.status(), StatusCode::UNAUTHORIZED);
/// assert_eq!(rejection.as_str(), "bad_token");
///
/// let response = rejection.to_response();
/// assert_eq!(response.headers()["content-type"], "application/problem+json");
/// assert_eq!(
///     response.headers()["www-authenticate"],
///     r#"Bearer realm="sse", error="invalid_token""#
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GateRejection {
    /// The method is not GET, and not POST of a caller with its own credential: 405.
    Method,
    /// The path is not one of the route: 404.
    Route,
    /// The query is longer than 4 KiB: 414.
    QueryTooLong,
    /// The request came as TLS early data, which an attacker can replay: 425.
    EarlyData,
    /// The request has content: 400.
    Body,
    /// The browser fetches the stream ahead of time: 403.
    Prefetch,
    /// A navigation or an element makes the request, not a script: 403.
    FetchMetadata,
    /// The request does not accept an event stream: 406.
    Accept,
    /// The request comes from a page whose origin may not open streams: 403.
    Origin,
    /// All slots of the layer are in use, or all places of all nodes: 503.
    Capacity,
    /// The request shows no token: 401.
    NoToken,
    /// The request shows more than one credential, or several resume ids with a spent token: 400.
    ManyTokens,
    /// The token is not valid, for any reason: 401.
    BadToken,
    /// A store can't be asked now, of the tokens, the sessions or the open streams: 503.
    Unavailable,
    /// All slots of the subject are in use, on this node or on all together: 429.
    SubjectCapacity,
}

impl GateRejection {
    /// The name of the check that failed. It is fit for a metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Route => "route",
            Self::QueryTooLong => "query_too_long",
            Self::EarlyData => "early_data",
            Self::Body => "body",
            Self::Prefetch => "prefetch",
            Self::FetchMetadata => "fetch_metadata",
            Self::Accept => "accept",
            Self::Origin => "origin",
            Self::Capacity => "capacity",
            Self::NoToken => "no_token",
            Self::ManyTokens => "many_tokens",
            Self::BadToken => "bad_token",
            Self::Unavailable => "unavailable",
            Self::SubjectCapacity => "subject_capacity",
        }
    }

    /// The status of the default response.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Route => StatusCode::NOT_FOUND,
            Self::QueryTooLong => StatusCode::URI_TOO_LONG,
            Self::EarlyData => StatusCode::TOO_EARLY,
            Self::Body | Self::ManyTokens => StatusCode::BAD_REQUEST,
            Self::Prefetch | Self::FetchMetadata | Self::Origin => StatusCode::FORBIDDEN,
            Self::Accept => StatusCode::NOT_ACCEPTABLE,
            Self::NoToken | Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::Capacity | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::SubjectCapacity => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// The default response: a [`Problem`] with [`status`](Self::status). 401 and
    /// [`ManyTokens`](Self::ManyTokens) have `WWW-Authenticate`. 429 and 503 have `Retry-After`: 5 s and
    /// 1 s.
    pub fn to_response(self) -> Response<Full<Bytes>> {
        let problem = Problem::new(self.status(), self.detail());
        match self {
            Self::Method => problem.with_allow("GET, OPTIONS"),
            Self::NoToken => problem.with_challenge(Challenge::bearer().missing()),
            Self::BadToken => problem.with_challenge(Challenge::bearer().invalid()),
            Self::ManyTokens => problem.with_challenge(Challenge::bearer().malformed()),
            Self::Capacity | Self::Unavailable => problem.with_retry_after(Duration::from_secs(1)),
            Self::SubjectCapacity => problem.with_retry_after(Duration::from_secs(5)),
            _ => problem,
        }
        .into_response()
    }

    const fn detail(self) -> &'static str {
        match self {
            Self::Method => "Open a stream with GET.",
            Self::Route => "There is no such stream.",
            Self::QueryTooLong => "The query is longer than 4 KiB.",
            Self::EarlyData => "Send the request again after the TLS handshake.",
            Self::Body => "A request for a stream must not have content.",
            Self::Prefetch => "A stream can't be fetched ahead of time.",
            Self::FetchMetadata => "Open a stream from a script, with EventSource or fetch.",
            Self::Accept => "The request must accept text/event-stream.",
            Self::Origin => "Pages of this origin may not open streams.",
            Self::Capacity => "There are too many streams open.",
            Self::NoToken => "A stream token is required.",
            Self::ManyTokens => "The request shows more than one credential.",
            Self::BadToken => "The stream token is invalid. Ask for a new one.",
            Self::Unavailable => "The stream can't be opened right now.",
            Self::SubjectCapacity => "You have too many streams open.",
        }
    }
}
