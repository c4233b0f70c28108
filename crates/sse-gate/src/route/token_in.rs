//! Where in a request the token is: [`TokenIn`].

use http::HeaderName;

/// Where in a request the token is. [`SseRoute::with_token_in`](super::SseRoute::with_token_in) takes it.
///
/// Browsers' `EventSource` can only send a URL. Use [`Query`](Self::Query) or [`Path`](Self::Path) for
/// it. With both, use a [`StripTokenLayer`](crate::StripTokenLayer), so that the token is in no log.
///
/// ```
/// use sse_gate::{SseRoute, TokenIn};
///
/// // The default: /feed?token=…
/// let feed = SseRoute::new("/feed")?;
/// assert_eq!(*feed.token_in(), TokenIn::Query("token".to_owned()));
///
/// // In the path: /chat/stream/…
/// let chat = SseRoute::new("/chat/stream/{id}")?.with_token_in(TokenIn::Path("id".to_owned()))?;
/// assert_eq!(chat.mint_pattern(), "/chat/stream/token");
/// # Ok::<(), sse_gate::InvalidRoute>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenIn {
    /// In the query parameter with this name. The name must need no percent-encoding.
    Query(String),
    /// In the path, as the parameter with this name. It is not part of the resource.
    Path(String),
    /// In this header, for clients that can set headers. Headers with another meaning are not allowed, as
    /// `Authorization` and `Cookie`.
    Header(HeaderName),
}

impl TokenIn {
    /// The name of the parameter, if the token is in the path.
    pub(super) fn path_parameter(&self) -> Option<&str> {
        match self {
            Self::Path(name) => Some(name),
            Self::Query(_) | Self::Header(_) => None,
        }
    }
}

/// Whether clients send the name of a parameter without encoding it (RFC 3986 §2.3, unreserved).
pub(super) fn is_unencoded(name: &str) -> bool {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_one)
}

/// Whether servers, browsers or this library use a header for something else.
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
