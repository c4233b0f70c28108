//! From the status of an answer to what the client does: the table.
//!
//! | status | action |
//! |---|---|
//! | 200, `text/event-stream` | read the stream |
//! | 200, another type | stop: not an event stream |
//! | 200, with a `Content-Encoding` | stop: it was not asked for |
//! | 204 | stop: the stream is over, as it should be |
//! | 301, 302, 303, 307, 308, same origin | follow, five times in a row at most |
//! | 301, 302, 303, 307, 308, other origin | stop: no credential goes there |
//! | 401 | get a new credential at once; if that gets 401 before a stream was open, stop |
//! | 408, 425 | try again, with backoff |
//! | 429, 503 | try again after `Retry-After`, or with backoff |
//! | 500 to 599 | try again, with backoff |
//! | 403, 404, 410 and all others | stop: refused |
//!
//! The same table holds for the answers to a request for a token, but for its first rows: there 200 and
//! 201 are good, 204 and redirects are refusals, and 401 is final, as the token source has already asked
//! for a new bearer.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use crate::ErrorKind;

/// What an answer leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Read the body: it is an event stream.
    Read,
    /// The stream is over, and that is no error.
    NoContent,
    /// Ask again where `Location` says, if that is of the same origin.
    Redirect,
    /// Get a new credential, unless the one before was refused, too.
    Renew,
    /// Try again later.
    Retry,
    /// Try again when `Retry-After` says.
    RetryAfter,
    /// Never try again.
    Stop(ErrorKind),
}

impl Action {
    /// What the answer to a request for a stream leads to.
    pub(crate) fn of_stream(status: StatusCode, headers: &HeaderMap) -> Self {
        match status.as_u16() {
            200 if !is_event_stream(headers) => Self::Stop(ErrorKind::NotAnEventStream),
            200 if is_encoded(headers) => Self::Stop(ErrorKind::Encoded),
            200 => Self::Read,
            204 => Self::NoContent,
            301 | 302 | 303 | 307 | 308 => Self::Redirect,
            401 => Self::Renew,
            _ => Self::of_failure(status),
        }
    }

    /// What an answer to a request for a token leads to that is not 200 or 201.
    pub(crate) fn of_mint(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Stop(ErrorKind::Unauthorized),
            _ => Self::of_failure(status),
        }
    }

    fn of_failure(status: StatusCode) -> Self {
        match status.as_u16() {
            429 | 503 => Self::RetryAfter,
            408 | 425 | 500..=599 => Self::Retry,
            _ => Self::Stop(ErrorKind::Refused(status)),
        }
    }
}

/// The MIME type without its parameters, which does not matter here (HTML standard, §9.2.3).
fn is_event_stream(headers: &HeaderMap) -> bool {
    type_of(headers).is_some_and(|it| it.eq_ignore_ascii_case("text/event-stream"))
}

fn type_of(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

/// The MIME type for a message, cut to what can be printed: a server may not fill a log.
pub(crate) fn essence(headers: &HeaderMap) -> String {
    let plain = type_of(headers).unwrap_or_default().chars();
    let plain: String = plain.filter(char::is_ascii_graphic).take(64).collect();
    if plain.is_empty() {
        return "it has no type".to_owned();
    }
    plain
}

fn is_encoded(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_ENCODING).iter();
    values.any(|it| !it.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Status, headers, and what they lead to.
    type Row = (u16, &'static [(&'static str, &'static str)], Action);

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = list.iter().map(|(name, value)| {
            let name = http::HeaderName::from_static(name);
            (name, http::HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    /// H8: each row of the table.
    #[test]
    fn an_answer_leads_to_what_the_table_says() {
        let stream: &'static [_] = &[("content-type", "text/event-stream")];
        let refused =
            |status| Action::Stop(ErrorKind::Refused(StatusCode::from_u16(status).unwrap()));
        let rows: &[Row] = &[
            (200, stream, Action::Read),
            (
                200,
                &[("content-type", "Text/Event-Stream ;charset=utf-8")],
                Action::Read,
            ),
            (
                200,
                &[("content-type", "text/event-stream;charset=latin1")],
                Action::Read,
            ),
            (200, &[], Action::Stop(ErrorKind::NotAnEventStream)),
            (
                200,
                &[("content-type", "text/html")],
                Action::Stop(ErrorKind::NotAnEventStream),
            ),
            (
                200,
                &[("content-type", "text/event-streams")],
                Action::Stop(ErrorKind::NotAnEventStream),
            ),
            (
                200,
                &[("content-type", "x; text/event-stream")],
                Action::Stop(ErrorKind::NotAnEventStream),
            ),
            (
                200,
                &[
                    ("content-type", "text/event-stream"),
                    ("content-encoding", "gzip"),
                ],
                Action::Stop(ErrorKind::Encoded),
            ),
            (
                200,
                &[
                    ("content-type", "text/event-stream"),
                    ("content-encoding", "Identity"),
                ],
                Action::Read,
            ),
            (201, stream, refused(201)),
            (202, stream, refused(202)),
            (204, &[], Action::NoContent),
            (205, stream, refused(205)),
            (206, stream, refused(206)),
            (300, &[], refused(300)),
            (301, &[], Action::Redirect),
            (302, &[], Action::Redirect),
            (303, &[], Action::Redirect),
            (304, &[], refused(304)),
            (307, &[], Action::Redirect),
            (308, &[], Action::Redirect),
            (400, &[], refused(400)),
            (401, &[], Action::Renew),
            (403, stream, refused(403)),
            (404, &[], refused(404)),
            (406, &[], refused(406)),
            (408, &[], Action::Retry),
            (410, &[], refused(410)),
            (421, &[], refused(421)),
            (425, &[], Action::Retry),
            (429, &[], Action::RetryAfter),
            (500, stream, Action::Retry),
            (502, &[], Action::Retry),
            (503, &[], Action::RetryAfter),
            (504, &[], Action::Retry),
            (524, &[], Action::Retry),
            (600, &[], refused(600)),
        ];
        for (status, list, expected) in rows {
            let code = StatusCode::from_u16(*status).unwrap();
            let action = Action::of_stream(code, &headers(list));
            assert_eq!(action, *expected, "{status} {list:?}");
        }
    }

    /// H8: the rows that are different for a request for a token.
    #[test]
    fn an_answer_of_a_mint_leads_to_what_the_table_says() {
        for (status, expected) in [
            (401, Action::Stop(ErrorKind::Unauthorized)),
            (
                204,
                Action::Stop(ErrorKind::Refused(StatusCode::NO_CONTENT)),
            ),
            (302, Action::Stop(ErrorKind::Refused(StatusCode::FOUND))),
            (403, Action::Stop(ErrorKind::Refused(StatusCode::FORBIDDEN))),
            (
                422,
                Action::Stop(ErrorKind::Refused(StatusCode::UNPROCESSABLE_ENTITY)),
            ),
            (429, Action::RetryAfter),
            (502, Action::Retry),
            (503, Action::RetryAfter),
        ] {
            let code = StatusCode::from_u16(status).unwrap();
            assert_eq!(Action::of_mint(code), expected, "{status}");
        }
    }
}
