//! An address that may hold a token: [`Url`].
//!
//! A token stands in the query, as `token=…`, or in a segment of the path that begins with `sset1_`. Shown, all values of
//! the query are masked, whatever their names are: a key of an API may be there under any name. User and password in a
//! URL are refused: they would be in the history of the shell, and no client here takes them.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use http::uri::{Parts, PathAndQuery, Scheme};

/// How the tokens of sse-gate begin.
const TOKEN: &str = "sset1_";

/// What stands in place of a secret.
pub(super) const MASK: &str = "***";

/// An absolute `http` or `https` URL. Shown, it has neither values of its query nor tokens in its path.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Url(Uri);

/// A text is not an `http` or `https` URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidUrl;

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is not an http or https URL")
    }
}

impl std::error::Error for InvalidUrl {}

impl FromStr for Url {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let uri: Uri = text.parse().map_err(|_| InvalidUrl)?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        let has_user = uri.authority().is_some_and(|it| it.as_str().contains('@'));
        if is_http && uri.host().is_some() && !has_user {
            Ok(Self(uri))
        } else {
            Err(InvalidUrl)
        }
    }
}

impl Url {
    /// The URL for a request, with all secrets.
    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }

    /// Whether both are at the same host, at any port.
    pub(super) fn is_at_host_of(&self, other: &Self) -> bool {
        let hosts = self.0.host().zip(other.0.host());
        hosts.is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
    }

    /// Whether what is shown to one of them may be shown to the other: they have one origin.
    pub(super) fn is_same_origin(&self, other: &Self) -> bool {
        self.is_at_host_of(other)
            && self.0.scheme() == other.0.scheme()
            && self.port() == other.port()
    }

    /// Scheme, host and port, as text.
    pub(super) fn origin(&self) -> String {
        let scheme = self.0.scheme_str().unwrap_or_default();
        let authority = self.0.authority().map_or("", |it| it.as_str());
        format!("{scheme}://{authority}")
    }

    /// The port, or the usual one of the scheme.
    fn port(&self) -> u16 {
        let usual = if self.is_https() { 443 } else { 80 };
        self.0.port_u16().unwrap_or(usual)
    }

    /// What a reference in a response at this URL means. Relative paths are not supported, as neither mints
    /// nor proxies use them.
    pub(super) fn join(&self, reference: &str) -> Result<Self, InvalidUrl> {
        if !reference.starts_with('/') || reference.starts_with("//") {
            return reference.parse();
        }
        let path = PathAndQuery::from_str(reference).map_err(|_| InvalidUrl)?;
        self.with(path)
    }

    /// This URL with a token in its query.
    pub(super) fn with_token(&self, token: &str) -> Result<Self, InvalidUrl> {
        let separator = if self.0.query().is_some() { '&' } else { '?' };
        let path = self.0.path_and_query().map_or("/", PathAndQuery::as_str);
        let path = format!("{path}{separator}token={token}");
        self.with(path.parse().map_err(|_| InvalidUrl)?)
    }

    /// This URL with another text at a place in its path or its query.
    pub(super) fn replace(&self, place: &str, text: &str) -> Result<Self, InvalidUrl> {
        let path = self.0.path_and_query().map_or("/", PathAndQuery::as_str);
        let path = path.replace(place, text);
        self.with(path.parse().map_err(|_| InvalidUrl)?)
    }

    /// This URL with another path and query.
    fn with(&self, path: PathAndQuery) -> Result<Self, InvalidUrl> {
        let mut parts = Parts::from(self.0.clone());
        parts.path_and_query = Some(path);
        Uri::from_parts(parts).map(Self).map_err(|_| InvalidUrl)
    }

    /// The token in it, if there is one: `token=` in its query, or a segment of its path.
    pub(super) fn token(&self) -> Option<&str> {
        let query = self.0.query().unwrap_or_default().split('&');
        let in_query = query
            .filter_map(|pair| pair.strip_prefix("token="))
            .find(|it| !it.is_empty());
        in_query.or_else(|| {
            self.0
                .path()
                .split('/')
                .find(|segment| segment.starts_with(TOKEN))
        })
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())?;
        for segment in self.0.path().split('/').skip(1) {
            let is_token = segment.starts_with(TOKEN);
            write!(f, "/{}", if is_token { MASK } else { segment })?;
        }
        let pairs = self.0.query().into_iter().flat_map(|it| it.split('&'));
        for (number, pair) in pairs.enumerate() {
            let name = pair.split('=').next().unwrap_or_default();
            write!(f, "{}{name}={MASK}", if number == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect(text)
    }

    #[test]
    fn no_secret_is_shown() {
        for (text, expected) in [
            ("http://a/feed?token=x", "http://a/feed?token=***"),
            ("https://a:1/?a=1&b=2", "https://a:1/?a=***&b=***"),
            ("https://a/chat/sset1_x/y", "https://a/chat/***/y"),
            ("http://a", "http://a/"),
            ("http://a/?secret", "http://a/?secret=***"),
        ] {
            assert_eq!(url(text).to_string(), expected);
            assert_eq!(format!("{:?}", url(text)), format!("Url({expected})"));
        }
    }

    #[test]
    fn references_are_absolute_or_paths() {
        let base = url("https://a:1/x?y");
        for (reference, expected) in [
            ("/feed", Some("https://a:1/feed")),
            ("http://b/feed", Some("http://b/feed")),
            ("//b/feed", None),
            ("feed", None),
            ("ftp://a/", None),
        ] {
            let joined = base.join(reference).ok();
            assert_eq!(joined, expected.map(url), "{reference}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (one, other, expected) in [
            ("http://a/x", "http://A:80/y", true),
            ("https://a:443", "https://a", true),
            ("http://a", "https://a", false),
            ("http://a:1", "http://a:2", false),
            ("http://a", "http://b", false),
        ] {
            assert_eq!(
                url(one).is_same_origin(&url(other)),
                expected,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn tokens_are_found_where_routes_put_them() {
        for (text, expected) in [
            ("http://a/feed?x=1&token=sset1_y", Some("sset1_y")),
            ("http://a/chat/sset1_z", Some("sset1_z")),
            ("http://a/feed?token=", None),
            ("http://a/feed?mytoken=1", None),
        ] {
            assert_eq!(url(text).token(), expected, "{text}");
        }
        let with = url("http://a/feed?x=1").with_token("t");
        assert_eq!(with, Ok(url("http://a/feed?x=1&token=t")));
        assert!("http://user:secret@a/".parse::<Url>().is_err());
    }

    #[test]
    fn hosts_are_the_same_at_any_port_and_with_or_without_tls() {
        let one = url("http://a:1/x");
        for (other, is_same, is_https) in [
            ("https://a:2/y", true, true),
            ("http://b:1/x", false, false),
        ] {
            assert_eq!(one.is_at_host_of(&url(other)), is_same, "{other}");
            assert_eq!(url(other).is_https(), is_https, "{other}");
        }
    }
}
