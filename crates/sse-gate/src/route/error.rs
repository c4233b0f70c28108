//! What is wrong with a route: [`InvalidRoute`].

use std::fmt;

use http::HeaderName;
use matchit::InsertError;
use sse_gate_core::InvalidResource;

/// A pattern is no route, its token has no place, or values do not fit it.
///
/// It says what is wrong and how to write what was meant. It is an error of configuration, found when
/// a program starts: a route like this would match no request, or another one than it seems.
#[derive(Debug)]
pub struct InvalidRoute {
    pattern: Box<str>,
    fault: Fault,
}

/// The kinds of [`InvalidRoute`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidRouteKind {
    /// The pattern is not well-formed, or can never match a request.
    Pattern,
    /// The place of the token is not there, or can't be one.
    TokenPlace,
    /// The values are not as many as the parameters, empty, or too long.
    Values,
    /// Two patterns that belong together have different parameters.
    Parameters,
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("it is empty; a pattern is a path: /rooms/{{room}}/events")]
    Empty,
    #[error("it is a URL; a pattern is the path alone: /rooms/{{room}}/events")]
    Url,
    #[error("it does not begin with a slash: /rooms/{{room}}/events")]
    NoSlash,
    #[error("it has a query or a fragment; a pattern is the path alone")]
    NotOnlyPath,
    #[error("it has an empty segment; write one slash where there are more")]
    EmptySegment,
    #[error("it has a segment of dots, which clients take away before they ask")]
    Dots,
    #[error("{0:?} is no parameter; a parameter stands in braces: {{name}}")]
    NoBraces(Box<str>),
    #[error("it has a catch-all parameter; write a parameter for each segment")]
    CatchAll,
    #[error("a brace has no partner; a parameter is written {{name}}")]
    Braces,
    #[error("{{{0}}} has no name that is one: letters, digits, `_` and `-`, and nothing else")]
    Name(Box<str>),
    #[error("two parameters are named {{{0}}}")]
    SameName(Box<str>),
    #[error("a segment has more than one parameter")]
    ManyInSegment,
    #[error("clients send {0:?} percent-encoded: write {1}")]
    Unencoded(char, Box<str>),
    #[error("{0:?} is no escape that clients send: write it in capitals, or the character itself")]
    Escape(Box<str>),
    #[error("it has the same paths as {0:?}")]
    Conflict(Box<str>),
    #[error("it has no parameter {{{0}}} for the token")]
    NoTokenParameter(Box<str>),
    #[error("no client sends {0:?} unencoded: name the token's parameter with letters and digits")]
    TokenParameter(Box<str>),
    #[error("the header {0} has a meaning of its own: a token needs another one")]
    TokenHeader(HeaderName),
    #[error("it is no prefix of a URL: /app, or https://api.example")]
    UrlPrefix,
    #[error("it has {expected} parameters that need a value, and was given {given}")]
    Values { expected: usize, given: usize },
    #[error("the value for {{{0}}} is empty, and no path has an empty segment")]
    EmptyValue(Box<str>),
    #[error("its values make no resource")]
    Resource(#[source] InvalidResource),
    #[error("it has the parameters {own}, and its stream {other:?} has {others}")]
    Parameters {
        own: Box<str>,
        other: Box<str>,
        others: Box<str>,
    },
}

impl From<InsertError> for Fault {
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
    pub(super) fn new(pattern: &str, fault: Fault) -> Self {
        Self {
            pattern: pattern.into(),
            fault,
        }
    }

    /// What kind of error this is.
    pub fn kind(&self) -> InvalidRouteKind {
        match self.fault {
            Fault::NoTokenParameter(_) | Fault::TokenParameter(_) | Fault::TokenHeader(_) => {
                InvalidRouteKind::TokenPlace
            }
            Fault::Values { .. } | Fault::EmptyValue(_) | Fault::Resource(_) => {
                InvalidRouteKind::Values
            }
            Fault::Parameters { .. } => InvalidRouteKind::Parameters,
            _ => InvalidRouteKind::Pattern,
        }
    }

    /// The pattern that it is about.
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
