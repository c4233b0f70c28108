//! Where a token stands in a request: [`TokenIn`].

use http::HeaderName;

/// Where in a request its token stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenIn {
    /// In the query parameter of this name.
    Query(String),
    /// In the path, as the parameter of the pattern that has this name.
    Path(String),
    /// In this header, for clients that can set one.
    Header(HeaderName),
}

impl TokenIn {
    /// The name of the path's parameter, if the token stands there.
    pub(super) fn path_parameter(&self) -> Option<&str> {
        match self {
            Self::Path(name) => Some(name),
            Self::Query(_) | Self::Header(_) => None,
        }
    }
}

/// Whether clients send the name of a parameter as it is: RFC 3986 §2.3, unreserved.
pub(super) fn is_unencoded(name: &str) -> bool {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_one)
}

/// Whether servers, browsers or this library read a header for something else.
pub(super) fn has_meaning(name: &HeaderName) -> bool {
    const TAKEN: [&str; 24] = [
        "accept",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "early-data",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "last-event-id",
        "origin",
        "purpose",
        "range",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-moz",
        "x-purpose",
    ];
    let name = name.as_str();
    let groups = [
        "sec-",
        "proxy-",
        "accept-",
        "access-control-",
        "if-",
        "x-forwarded-",
    ];
    TAKEN.contains(&name) || groups.iter().any(|group| name.starts_with(group))
}
