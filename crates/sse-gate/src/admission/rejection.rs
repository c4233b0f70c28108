//! What a request is refused with: [`GateRejection`].

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;

use crate::mint::Challenge;
use crate::problem::Problem;

/// Why a request was refused, as far as its client may know.
///
/// There is one value for all bad tokens: whoever writes responses of their own with
/// [`GateLayer::on_refusal`](super::GateLayer::on_refusal) can't tell them apart either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GateRejection {
    /// The method is not GET.
    Method,
    /// The path is not one of the route.
    Route,
    /// Its query is too long to look into.
    QueryTooLong,
    /// It came as TLS early data, which anybody can replay.
    EarlyData,
    /// It has content.
    Body,
    /// It is fetched ahead of time, before anybody wants it.
    Prefetch,
    /// A navigation or an element asks for it, not a script.
    FetchMetadata,
    /// It does not ask for an event stream.
    Accept,
    /// It comes from a page of an origin that may not open streams.
    Origin,
    /// There are as many streams as there may be.
    Capacity,
    /// It shows no token.
    NoToken,
    /// It shows more than one token.
    ManyTokens,
    /// It shows a token that is no good, for whatever reason.
    BadToken,
    /// Nobody can say now whether the token is good.
    Unavailable,
    /// The subject has as many streams as one may have.
    SubjectCapacity,
}

impl GateRejection {
    /// The name of the check that failed, fit for a metric's label.
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

    /// The default response.
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
            Self::Method => "A stream is opened with GET.",
            Self::Route => "There is no such stream.",
            Self::QueryTooLong => "The query has more than 4 KiB.",
            Self::EarlyData => "Ask again when the TLS handshake is done.",
            Self::Body => "A stream's request has no content.",
            Self::Prefetch => "A stream can't be fetched ahead of time.",
            Self::FetchMetadata => "A stream is opened by a script, with EventSource or fetch.",
            Self::Accept => "The request must accept text/event-stream.",
            Self::Origin => "Pages of this origin may not open streams.",
            Self::Capacity => "There are too many streams open.",
            Self::NoToken => "A stream token is required.",
            Self::ManyTokens => "The request shows more than one credential.",
            Self::BadToken => "The stream token is invalid. Ask for a new one.",
            Self::Unavailable => "The stream token can't be checked right now.",
            Self::SubjectCapacity => "You have too many streams open.",
        }
    }
}
