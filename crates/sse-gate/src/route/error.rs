//! What is wrong with a route: [`InvalidRoute`].

use std::fmt;

use http::HeaderName;
use matchit::InsertError;
use sse_gate_core::InvalidResource;

/// A pattern is not a valid route, its token has no valid place, or values don't fit its parameters.
///
/// The message says what is wrong and how to write it. Most of these are errors of configuration, found
/// when a program starts: such a route would match no request, or other requests than it seems. As a
/// [`Problem`](crate::Problem) it is 404, for values that come from a request.
///
/// ```
/// use sse_gate::{InvalidRouteKind, SseRoute};
///
/// let error = SseRoute::new("/rooms/{room}?token={token}").unwrap_err();
/// assert_eq!(error.kind(), InvalidRouteKind::Pattern);
/// assert!(error.to_string().contains("it has a query"));
///
/// let rooms = SseRoute::new("/rooms/{room}")?;
/// assert_eq!(rooms.url(["7", "8"]).unwrap_err().kind(), InvalidRouteKind::Values);
/// # Ok::<(), sse_gate::InvalidRoute>(())
/// ```
#[derive(Debug)]
pub struct InvalidRoute {
    pattern: Box<str>,
    fault: RouteFault,
}

/// The kinds of [`InvalidRoute`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidRouteKind {
    /// The pattern is not well-formed, can never match a request, or has the same paths as another one.
    Pattern,
    /// The token can't be in this parameter or header.
    TokenPlace,
    /// There are too few or too many values, or one is empty, too long, or a segment of dots.
    Values,
    /// The mint path has other parameters than the stream.
    Parameters,
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub(super) enum RouteFault {
    #[error("it is empty; a pattern is a path: /rooms/{{room}}/events")]
    Empty,
    #[error("it is a URL; a pattern is the path alone: /rooms/{{room}}/events")]
    Url,
    #[error("it does not begin with a slash; write it like /rooms/{{room}}/events")]
    NoSlash,
    #[error("it has a query or a fragment; a pattern is the path alone")]
    NotOnlyPath,
    #[error("it has an empty segment; write one slash instead of two")]
    EmptySegment,
    #[error("it has a segment of dots, which clients remove before they send the request")]
    Dots,
    #[error("{0:?} is not a parameter; a parameter stands in braces: {{name}}")]
    NoBraces(Box<str>),
    #[error("it has a catch-all parameter; write a parameter for each segment")]
    CatchAll,
    #[error("a brace has no partner; write a parameter as {{name}}")]
    Braces,
    #[error("{{{0}}} has no name that is allowed; use letters, digits, `_` and `-`")]
    Name(Box<str>),
    #[error("two parameters are named {{{0}}}")]
    SameName(Box<str>),
    #[error("a segment has more than one parameter")]
    ManyInSegment,
    #[error("clients send {0:?} percent-encoded: write {1}")]
    Unencoded(char, Box<str>),
    #[error("clients don't send the escape {0:?}: write it in capitals, or the character itself")]
    Escape(Box<str>),
    #[error("it has the same paths as {0:?}")]
    Conflict(Box<str>),
    #[error("it has no parameter {{{0}}} for the token")]
    NoTokenParameter(Box<str>),
    #[error("clients encode {0:?}: name the token's parameter with letters and digits")]
    TokenParameter(Box<str>),
    #[error("the header {0} has another meaning: choose another one for the token")]
    TokenHeader(HeaderName),
    #[error("it is not a prefix of a URL; write it like /app or https://api.example")]
    UrlPrefix,
    #[error("it has {expected} parameters that need a value, but there are {given} values")]
    Values { expected: usize, given: usize },
    #[error("the value for {{{0}}} is empty, but a segment of a path can't be empty")]
    EmptyValue(Box<str>),
    #[error("the value for {{{0}}} is a segment of dots, which clients remove")]
    DotsValue(Box<str>),
    #[error("its values are not a valid resource")]
    Resource(#[source] InvalidResource),
    #[error("it has the parameters {own}, but its stream {other:?} has {others}")]
    Parameters {
        own: Box<str>,
        other: Box<str>,
        others: Box<str>,
    },
}

impl From<InsertError> for RouteFault {
    fn from(error: InsertError) -> Self {
        match error {
            InsertError::Conflict { with } => Self::Conflict(with.into()),
            InsertError::InvalidParamSegment => Self::ManyInSegment,
            InsertError::InvalidCatchAll => Self::CatchAll,
            _ => Self::Braces,
        }
    }
}

impl InvalidRoute {
    pub(super) fn new(pattern: &str, fault: RouteFault) -> Self {
        Self {
            pattern: pattern.into(),
            fault,
        }
    }

    /// What kind of error this is.
    pub fn kind(&self) -> InvalidRouteKind {
        match self.fault {
            RouteFault::NoTokenParameter(_)
            | RouteFault::TokenParameter(_)
            | RouteFault::TokenHeader(_) => InvalidRouteKind::TokenPlace,
            RouteFault::Values { .. }
            | RouteFault::EmptyValue(_)
            | RouteFault::DotsValue(_)
            | RouteFault::Resource(_) => InvalidRouteKind::Values,
            RouteFault::Parameters { .. } => InvalidRouteKind::Parameters,
            _ => InvalidRouteKind::Pattern,
        }
    }

    /// The pattern or prefix that the error is about.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
}

impl fmt::Display for InvalidRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "route {:?}: {}", self.pattern, self.fault)
    }
}

impl std::error::Error for InvalidRoute {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.fault)
    }
}
