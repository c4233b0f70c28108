//! The request that a machine sends, and where a redirect leads.

use http::header::{ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, HeaderName, HeaderValue, LOCATION};
use http::{HeaderMap, Request};

use crate::request::{join, origin};
use crate::{BoxError, Error, ErrorKind, StreamRequest};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The request for a stream, from behind this id (HTML standard, §9.2.2). No compression is asked for.
///
/// An id that can't stand in a header is left away. Spaces around it are none of its value in HTTP/1.1, and a
/// mistake in HTTP/2 (RFC 9113, section 8.2.1), for which some servers reset the stream: they are left away, too.
pub(super) fn to_http(
    request: &StreamRequest,
    last_id: Option<&str>,
) -> Result<Request<()>, BoxError> {
    let mut message = Request::get(request.url.as_str()).body(())?;
    let headers = message.headers_mut();
    headers.extend(request.headers.clone());
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.remove(LAST_EVENT_ID);
    let id = last_id.map(|id| id.trim_matches([' ', '\t']));
    let id = id.filter(|id| !id.is_empty());
    let id = id.and_then(|id| HeaderValue::from_bytes(id.as_bytes()).ok());
    if let Some(mut id) = id {
        id.set_sensitive(true);
        headers.insert(LAST_EVENT_ID, id);
    }
    Ok(message)
}

/// The same request where `Location` says. It goes to the same origin only: the token in the URL, the
/// bearer and the last event id are not for others.
pub(super) fn redirected(
    request: &StreamRequest,
    headers: &HeaderMap,
) -> Result<StreamRequest, Error> {
    let location = headers.get(LOCATION).and_then(|it| it.to_str().ok());
    let target = location.and_then(|it| join(&request.url, it).ok());
    let target = target.ok_or_else(|| Error::new(ErrorKind::TooManyRedirects))?;
    if target.origin() != request.url.origin() {
        let error = Error::new(ErrorKind::ForeignRedirect);
        return Err(error.with_detail(origin(&target)));
    }
    Ok(StreamRequest {
        url: target,
        headers: request.headers.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(value: &'static str) -> HeaderMap {
        [(LOCATION, HeaderValue::from_static(value))]
            .into_iter()
            .collect()
    }

    /// H8
    #[test]
    fn a_redirect_stays_within_the_origin_or_ends_the_stream() {
        let request = StreamRequest::new("https://example.org/a?token=secret").unwrap();
        for (to, expected) in [
            ("/b", Ok("https://example.org/b")),
            ("https://example.org/b", Ok("https://example.org/b")),
            ("http://example.org/b", Err(ErrorKind::ForeignRedirect)),
            ("https://example.org:444/b", Err(ErrorKind::ForeignRedirect)),
            ("//evil.example/", Err(ErrorKind::ForeignRedirect)),
            (
                "https://user@example.org/",
                Err(ErrorKind::TooManyRedirects),
            ),
            ("data:,", Err(ErrorKind::TooManyRedirects)),
        ] {
            let target = redirected(&request, &location(to));
            let target = target.map(|it| it.url.to_string()).map_err(|error| {
                assert!(!error.to_string().contains("secret"));
                error.kind()
            });
            assert_eq!(target, expected.map(str::to_owned), "{to}");
        }
    }

    #[test]
    fn spaces_around_an_id_are_not_sent() {
        let request = StreamRequest::new("https://example.org/").unwrap();
        for (id, expected) in [("\t7 ", Some("7")), (" a b", Some("a b")), ("  ", None)] {
            let message = to_http(&request, Some(id)).unwrap();
            let sent = message.headers().get("last-event-id");
            let sent = sent.map(|it| it.to_str().unwrap());
            assert_eq!(sent, expected, "{id:?}");
        }
    }

    #[test]
    fn a_request_asks_for_an_event_stream_that_is_not_compressed() {
        let request = StreamRequest::new("https://example.org/").unwrap();
        let message = to_http(&request, Some("é")).unwrap();
        assert_eq!(message.headers()["accept"], "text/event-stream");
        assert_eq!(message.headers()["accept-encoding"], "identity");
        assert_eq!(message.headers()["cache-control"], "no-store");
        let id = &message.headers()["last-event-id"];
        assert!(id.is_sensitive() && id.as_bytes() == "é".as_bytes());
        let message = to_http(&request, Some("\u{1}")).unwrap();
        assert!(!message.headers().contains_key("last-event-id"));
        // The id is the client's to say.
        let request = request.with_header(LAST_EVENT_ID, HeaderValue::from_static("7"));
        let message = to_http(&request, None).unwrap();
        assert!(!message.headers().contains_key("last-event-id"));
    }
}
