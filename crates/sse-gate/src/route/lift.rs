//! Lifts the token out of a request: afterwards the request has it no more.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use http::header::{AUTHORIZATION, COOKIE};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use sse_gate_core::{Resource, Token, TokenKey};
use sse_gate_resume::ResumeId;
use zeroize::Zeroizing;

use super::{Inner, StreamRoute, TokenIn};

/// The longest query that is looked into, in bytes.
const MAX_QUERY: usize = 4 * 1024;

/// The longest text that is kept as a token, in bytes. A token has 55.
const MAX_SHOWN: usize = 128;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What stands in a path in the token's place.
const PLACEHOLDER: &str = "-";

/// What a request showed as its token or resume id, as its route's layer found it.
pub(crate) enum ShownToken {
    /// Nothing.
    None,
    /// One text, the token or something else.
    One(Zeroizing<Box<str>>),
    /// Something that is too long to be a token, or stood in a query too long to look into.
    TooLong,
    /// More than one.
    Many,
}

/// The credentials that were taken out of a request, in its extensions: out of everybody's sight
/// but the gate's.
///
/// A [`StripTokenLayer`](crate::StripTokenLayer) puts it there. For the endpoints that act on a
/// stream by its token: [`key_for`](Self::key_for).
#[derive(Clone)]
pub struct StrippedToken(Arc<Finding>);

struct Finding {
    route: StreamRoute,
    resource: Resource,
    token: ShownToken,
    /// Whether there is another credential beside it.
    has_rival: bool,
    resume_id: ShownToken,
}

impl StrippedToken {
    /// The key of the token for `resource`, if it is spelled as one. It proves nothing: whoever
    /// shows a token that was used has the same key. Who asks is known by another credential.
    pub fn key_for(&self, resource: &Resource) -> Option<TokenKey> {
        match &self.0.token {
            ShownToken::One(text) => TokenKey::of(text, resource),
            ShownToken::None | ShownToken::TooLong | ShownToken::Many => None,
        }
    }

    pub(crate) fn route(&self) -> &StreamRoute {
        &self.0.route
    }

    pub(crate) fn resource(&self) -> &Resource {
        &self.0.resource
    }

    /// The token, for who opens a stream: it must be the only credential.
    pub(crate) fn token(&self) -> &ShownToken {
        if self.0.has_rival {
            &ShownToken::Many
        } else {
            &self.0.token
        }
    }

    /// What claims to be a resume id in `Last-Event-ID`.
    pub(crate) fn resume_id(&self) -> &ShownToken {
        &self.0.resume_id
    }
}

impl StreamRoute {
    /// Takes the token out of a request of this route; `None` if it is not one, and stays as it
    /// is.
    pub(crate) fn lift(&self, parts: &mut Parts) -> Option<StrippedToken> {
        let (resource, token_at) = self.matches(parts.uri.path())?;
        let token = match &self.0.token_in {
            TokenIn::Query(name) => lift_from_query(&mut parts.uri, name)?,
            TokenIn::Path(_) => lift_from_path(&mut parts.uri, token_at?)?,
            TokenIn::Header(name) => lift_from_headers(&mut parts.headers, name),
        };
        let is_shown = !matches!(token, ShownToken::None);
        Some(StrippedToken(Arc::new(Finding {
            route: self.clone(),
            resource,
            token,
            has_rival: is_shown && has_another_credential(&parts.headers),
            resume_id: lift_resume_id(&mut parts.headers),
        })))
    }

    /// The resource that a path stands for, and where in it the token is if that is its place.
    fn matches(&self, path: &str) -> Option<(Resource, Option<Range<usize>>)> {
        let Inner { pattern, token_in } = &*self.0;
        let found = pattern.find(path)?;
        let token_name = match token_in {
            TokenIn::Path(name) => Some(name.as_str()),
            TokenIn::Query(_) | TokenIn::Header(_) => None,
        };
        let values: Option<Vec<Cow<'_, str>>> = found
            .iter()
            .filter(|(name, _)| Some(*name) != token_name)
            .map(|(_, value)| percent_decode_str(value).decode_utf8().ok())
            .collect();
        let resource = self.resource(values?).ok()?;
        let token = token_name.and_then(|name| found.get(name));
        Some((resource, token.map(|raw| place_of(raw, path))))
    }
}

/// Where `part` stands in `whole`, of which it is a slice.
fn place_of(part: &str, whole: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// Puts a placeholder in the token's place: the path is still one of its route.
fn lift_from_path(uri: &mut Uri, at: Range<usize>) -> Option<ShownToken> {
    let token = ShownToken::None.and(uri.path().get(at.clone())?);
    let mut path = uri.path().to_owned();
    path.replace_range(at, PLACEHOLDER);
    *uri = with_path_and_query(uri, path, uri.query())?;
    Some(token)
}

/// Takes the parameters of this name out of the query, and leaves the others as they are.
///
/// A name is compared after exactly one percent-decoding. A value is taken as it is written: a
/// token needs no encoding, so one that has any is none.
fn lift_from_query(uri: &mut Uri, name: &str) -> Option<ShownToken> {
    let Some(query) = uri.query() else {
        return Some(ShownToken::None);
    };
    if query.len() > MAX_QUERY {
        // Nobody looks into it, and nobody behind this layer shall log what may be in it.
        *uri = with_path_and_query(uri, uri.path().to_owned(), None)?;
        return Some(ShownToken::TooLong);
    }
    let is_token = |pair: &&str| {
        let key = pair.split_once('=').map_or(*pair, |(key, _)| key);
        key == name || percent_decode_str(key).eq(name.bytes())
    };
    let token = query
        .split('&')
        .filter(is_token)
        .fold(ShownToken::None, |shown, pair| {
            shown.and(pair.split_once('=').map_or("", |(_, value)| value))
        });
    if !matches!(token, ShownToken::None) {
        let rest: Vec<_> = query.split('&').filter(|pair| !is_token(pair)).collect();
        let rest = (!rest.is_empty()).then(|| rest.join("&"));
        *uri = with_path_and_query(uri, uri.path().to_owned(), rest.as_deref())?;
    }
    Some(token)
}

fn lift_from_headers(headers: &mut HeaderMap, name: &HeaderName) -> ShownToken {
    let token = headers
        .get_all(name)
        .iter()
        .fold(ShownToken::None, |shown, value| {
            // What is no text is no token either.
            shown.and(value.to_str().unwrap_or_default())
        });
    headers.remove(name);
    token
}

/// Takes `Last-Event-ID` (HTML §9.2.4) out if it claims to be a resume id. An application's own
/// ids stay.
fn lift_resume_id(headers: &mut HeaderMap) -> ShownToken {
    let is_claimed = |value: &HeaderValue| ResumeId::is_claimed_by(value.as_bytes());
    if headers.get_all(&LAST_EVENT_ID).iter().any(is_claimed) {
        lift_from_headers(headers, &LAST_EVENT_ID)
    } else {
        ShownToken::None
    }
}

/// Whether headers carry a credential beside the token, against RFC 6750 §2: a client uses no
/// more than one method in each request.
fn has_another_credential(headers: &HeaderMap) -> bool {
    let is_bearer = |value: &HeaderValue| {
        value
            .as_bytes()
            .get(..7)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"bearer "))
    };
    let has_token = |value: &HeaderValue| {
        let prefix = Token::PREFIX.as_bytes();
        value
            .as_bytes()
            .windows(prefix.len())
            .any(|window| window == prefix)
    };
    headers.get_all(AUTHORIZATION).iter().any(is_bearer)
        || headers.get_all(COOKIE).iter().any(has_token)
}

fn with_path_and_query(uri: &Uri, mut path: String, query: Option<&str>) -> Option<Uri> {
    if let Some(query) = query {
        path.push('?');
        path.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::from_maybe_shared(path).ok()?);
    Uri::from_parts(parts).ok()
}

impl ShownToken {
    pub(crate) fn is_many(&self) -> bool {
        matches!(self, Self::Many)
    }

    /// What is shown if this text is shown too.
    fn and(self, text: &str) -> Self {
        match self {
            Self::None if text.len() > MAX_SHOWN => Self::TooLong,
            Self::None => Self::One(Zeroizing::new(text.into())),
            Self::One(_) | Self::TooLong | Self::Many => Self::Many,
        }
    }
}

impl fmt::Debug for StrippedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StrippedToken")
            .field("route", &self.0.route)
            .field("token", &"[redacted]")
            .finish_non_exhaustive()
    }
}
