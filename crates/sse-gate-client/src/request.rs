//! A request for a stream: [`StreamRequest`], and the URLs of the crate.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::Bearer;

/// A name has at most 253 characters (RFC 1035, section 2.3.4), and there are `https://` and a port.
const MAX_ORIGIN: usize = 270;

/// What a [`TokenSource`](crate::TokenSource) returns: where the stream is, and what to show there.
///
/// The client adds `Accept`, `Last-Event-ID` and what else a request for a stream needs. It treats the
/// URL as a secret: debug output shows its origin only.
///
/// ```
/// use sse_gate_client::{Bearer, StreamRequest};
///
/// let request = StreamRequest::new("https://example.org/feed?token=sset1_secret")?
///     .with_bearer(&Bearer::new("eyJ.secret")?);
/// let text = format!("{request:?}");
/// assert!(text.contains("https://example.org") && !text.contains("secret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct StreamRequest {
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
}

impl StreamRequest {
    /// A request for the stream at this URL.
    ///
    /// # Errors
    /// If it is not an absolute URL of `http` or `https`, or has a user or a password in it.
    pub fn new(url: &str) -> Result<Self, InvalidUrlError> {
        parse(url).map(Self::at)
    }

    pub(crate) fn at(url: Url) -> Self {
        Self {
            url,
            headers: HeaderMap::new(),
        }
    }

    /// Shows a bearer in the header `Authorization`.
    pub fn with_bearer(self, bearer: &Bearer) -> Self {
        self.with_header(http::header::AUTHORIZATION, bearer.header())
    }

    /// Adds a header, or replaces it. The client sets `Accept`, `Accept-Encoding`, `Cache-Control` and
    /// `Last-Event-ID` itself.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

impl fmt::Debug for StreamRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamRequest")
            .field("origin", &origin(&self.url))
            .finish_non_exhaustive()
    }
}

/// A text is no URL that the client can use. It does not show the text, which may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidUrlError(());

impl fmt::Display for InvalidUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the URL is not one of http or https without a user in it")
    }
}

impl std::error::Error for InvalidUrlError {}

/// Reads an absolute URL. Its fragment goes: no request has one.
pub(crate) fn parse(url: &str) -> Result<Url, InvalidUrlError> {
    let url = Url::parse(url).map_err(|_| InvalidUrlError(()))?;
    check(url)
}

/// Reads a URL that a server gave, relative to where it gave it.
pub(crate) fn join(base: &Url, relative: &str) -> Result<Url, InvalidUrlError> {
    let url = base.join(relative).map_err(|_| InvalidUrlError(()))?;
    check(url)
}

fn check(mut url: Url) -> Result<Url, InvalidUrlError> {
    let is_http = matches!(url.scheme(), "http" | "https") && url.has_host();
    if !is_http || !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidUrlError(()));
    }
    url.set_fragment(None);
    Ok(url)
}

/// Scheme, host and port, as text for a message. It is cut behind what a name can be: a server may not fill a
/// log.
pub(crate) fn origin(url: &Url) -> String {
    let mut text = url.origin().ascii_serialization();
    text.truncate(MAX_ORIGIN);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_urls_of_http_without_a_user_are_taken() {
        for (url, is_good) in [
            ("https://example.org", true),
            ("http://[::1]:8080/a?b#c", true),
            ("/a", false),
            ("ftp://example.org/", false),
            ("data:text/event-stream,data:1", false),
            ("https://user@example.org/", false),
            ("https://:secret@example.org/", false),
            ("", false),
        ] {
            assert_eq!(StreamRequest::new(url).is_ok(), is_good, "{url}");
        }
        assert_eq!(parse("http://a/b#c").unwrap().as_str(), "http://a/b");
    }

    /// D2
    #[test]
    fn neither_debug_output_nor_an_error_shows_more_than_an_origin() {
        let request = StreamRequest::new("http://a/b?token=secret").unwrap();
        let expected = "StreamRequest { origin: \"http://a\", .. }";
        assert_eq!(format!("{request:?}"), expected);
        let error = StreamRequest::new("ftp://a/secret")
            .unwrap_err()
            .to_string();
        let expected = "the URL is not one of http or https without a user in it";
        assert_eq!(error, expected);
    }

    #[test]
    fn an_origin_in_a_message_is_not_longer_than_a_name_can_be() {
        let url = parse(&format!("https://{}/", "a.".repeat(10_000))).unwrap();
        assert_eq!(origin(&url).len(), MAX_ORIGIN);
    }

    #[test]
    fn what_a_server_says_can_lead_to_another_origin_only_openly() {
        let base = parse("https://example.org/a/b?c").unwrap();
        for (relative, expected) in [
            ("d", "https://example.org"),
            ("/d", "https://example.org"),
            ("//evil.example/d", "https://evil.example"),
            (r"\\evil.example/d", "https://evil.example"),
            ("https://example.org:443/d", "https://example.org"),
            ("http://example.org/d", "http://example.org"),
            (
                "https://example.org.evil.example/",
                "https://example.org.evil.example",
            ),
        ] {
            let url = join(&base, relative).unwrap();
            assert_eq!(origin(&url), expected, "{relative}");
        }
        assert!(join(&base, "https://example.org@evil.example/").is_err());
    }
}
