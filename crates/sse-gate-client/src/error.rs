//! Why a stream is over although it is not complete: [`Error`] and [`ErrorKind`].

use std::error::Error as StdError;
use std::fmt;

use http::StatusCode;

/// An error of anyone's.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Why the client has stopped. It will make no other attempt.
///
/// It never holds a credential, and prints no URL but an origin.
///
/// ```
/// use sse_gate_client::{Error, ErrorKind};
///
/// fn advice(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::Unauthorized => "sign in again",
///         ErrorKind::GaveUp => "check the network",
///         _ => "ask the people who run the server",
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    detail: Option<String>,
    source: Option<BoxError>,
}

/// The reasons why a client stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server refused the credential, and then a new one, too.
    Unauthorized,
    /// The server refused with a status that does not pass by itself, such as 403 or 404.
    Refused(StatusCode),
    /// The answer is not `text/event-stream`.
    NotAnEventStream,
    /// The answer has a `Content-Encoding`, which the client had not asked for.
    Encoded,
    /// The server redirects to another origin. The client takes no credential there.
    ForeignRedirect,
    /// The server redirects too often, or to nowhere.
    TooManyRedirects,
    /// An event is larger than the limit.
    EventTooLarge,
    /// The server's work failed: it sent `sse.error`.
    Failed,
    /// The server closed the stream before its end: it sent `sse.close` with a reason other than
    /// `complete`, and the token source opens no other session.
    Closed,
    /// The limit of attempts is reached.
    GaveUp,
    /// The token source can't make a request, and never will.
    Source,
}

/// An error with its causes, in one line.
pub(crate) fn with_causes(error: &(dyn StdError + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl ErrorKind {
    /// A short name, for metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Refused(_) => "refused",
            Self::NotAnEventStream => "not_an_event_stream",
            Self::Encoded => "encoded",
            Self::ForeignRedirect => "foreign_redirect",
            Self::TooManyRedirects => "too_many_redirects",
            Self::EventTooLarge => "event_too_large",
            Self::Failed => "failed",
            Self::Closed => "closed",
            Self::GaveUp => "gave_up",
            Self::Source => "source",
        }
    }
}

impl Error {
    pub(crate) const fn new(kind: ErrorKind) -> Self {
        Self {
            kind,
            detail: None,
            source: None,
        }
    }

    /// With more words, some of them the server's: never one that holds a credential.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn with_source(mut self, source: Option<BoxError>) -> Self {
        self.source = source;
        self
    }

    /// What kind of error it is.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What is known beside the kind: the reason of `sse.close` or `sse.error`, the foreign origin, the type of a
    /// body that is not an event stream, why the last attempt failed, such as `status 502`, or
    /// `at the request for a token`, if it was not the stream that refused.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.kind {
            ErrorKind::Refused(status) => &*format!("the server answered {status}"),
            ErrorKind::Unauthorized => "the server refused the credential, and a new one",
            ErrorKind::NotAnEventStream => "the answer is not an event stream",
            ErrorKind::Encoded => "the answer has an encoding that was not asked for",
            ErrorKind::ForeignRedirect => "the server redirects to another origin",
            ErrorKind::TooManyRedirects => "the server redirects too often, or to nowhere",
            ErrorKind::EventTooLarge => "an event is larger than the limit",
            ErrorKind::Failed => "the server's work failed",
            ErrorKind::Closed => "the server closed the stream before its end",
            ErrorKind::GaveUp => "the limit of attempts is reached",
            ErrorKind::Source => "the token source can't make a request",
        };
        f.write_str(words)?;
        match &self.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|it| it as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_short_name_and_a_sentence() {
        let not_found = ErrorKind::Refused(StatusCode::NOT_FOUND);
        for (kind, name, words) in [
            (
                ErrorKind::Unauthorized,
                "unauthorized",
                "the server refused the credential, and a new one",
            ),
            (not_found, "refused", "the server answered 404 Not Found"),
            (
                ErrorKind::NotAnEventStream,
                "not_an_event_stream",
                "the answer is not an event stream",
            ),
            (
                ErrorKind::Encoded,
                "encoded",
                "the answer has an encoding that was not asked for",
            ),
            (
                ErrorKind::ForeignRedirect,
                "foreign_redirect",
                "the server redirects to another origin",
            ),
            (
                ErrorKind::TooManyRedirects,
                "too_many_redirects",
                "the server redirects too often, or to nowhere",
            ),
            (
                ErrorKind::EventTooLarge,
                "event_too_large",
                "an event is larger than the limit",
            ),
            (ErrorKind::Failed, "failed", "the server's work failed"),
            (
                ErrorKind::Closed,
                "closed",
                "the server closed the stream before its end",
            ),
            (
                ErrorKind::GaveUp,
                "gave_up",
                "the limit of attempts is reached",
            ),
            (
                ErrorKind::Source,
                "source",
                "the token source can't make a request",
            ),
        ] {
            assert_eq!(kind.as_str(), name);
            assert_eq!(Error::new(kind).to_string(), words);
        }
        let closed = Error::new(ErrorKind::Closed).with_detail("revoked");
        let expected = "the server closed the stream before its end: revoked";
        assert_eq!(closed.to_string(), expected);
    }
}
