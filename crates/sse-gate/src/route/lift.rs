//! Takes the credentials out of a request, so that no inner layer sees them: [`StrippedToken`].

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use sse_gate_core::{Resource, TokenKey};
use sse_gate_resume::backend::ResumeId;
use zeroize::Zeroizing;

use super::found::candidates;
use super::normalized::Forms;
use super::other_credentials::OtherCredentials;
use super::scrub::scrub;
use super::{SseRoute, TokenIn};

/// The longest query that is read, in bytes.
pub(super) const MAX_QUERY: usize = 4 * 1024;

/// The longest text that is kept as a token, in bytes. A token has 55.
const MAX_SHOWN: usize = 128;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What replaces a credential in a path.
pub(super) const PLACEHOLDER: &str = "-";

/// What a request has in the place of its token or resume id.
pub(crate) enum Shown {
    /// Nothing.
    None,
    /// One text, which may be a token or a resume id.
    One(Zeroizing<Box<str>>),
    /// A text that is too long to be one.
    TooLong,
    /// More than one text.
    Many,
}

/// The credentials that were taken out of a request. A [`StripTokenLayer`](crate::StripTokenLayer) puts
/// it into the extensions of the request. Only the gate can read the token; its `Debug` does not show it.
///
/// Use it in endpoints that act on a stream by its token, as one that stops an answer. Such an endpoint
/// has a route of its own, whose token stands in the same place:
///
/// ```
/// use http::Request;
/// use sse_gate::core::TokenKey;
/// use sse_gate::{Resource, SseRoute, StripTokenLayer, StrippedToken, TokenIn};
/// use tower::{Layer, Service, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let stop = SseRoute::new("/chat/{token}/stop")?.with_token_in(TokenIn::Path("token".to_owned()))?;
/// let chat = Resource::new(["chat"])?;
/// let handler = service_fn(move |request: Request<()>| {
///     let stripped = request.extensions().get::<StrippedToken>().cloned();
///     let key: Option<TokenKey> = stripped.and_then(|stripped| stripped.key_for(&chat));
///     async move { Ok::<_, std::convert::Infallible>((request.uri().path().to_owned(), key)) }
/// });
/// let mut service = StripTokenLayer::new([&stop]).layer(handler);
///
/// let request = Request::post("/chat/not-a-token/stop").body(())?;
/// assert_eq!(service.call(request).await?, ("/chat/-/stop".to_owned(), None));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct StrippedToken(Arc<RequestCredentials>);

struct RequestCredentials {
    route: SseRoute,
    resource: Resource,
    token: Shown,
    other_credentials: OtherCredentials,
    resume_id: Shown,
    /// Whether there was a query that is too long to be read. It was removed.
    has_long_query: bool,
    /// Whether the path matched as it was. If not, it matches after an inner layer has normalized it.
    is_exact: bool,
}

impl StrippedToken {
    /// The key of the token for `resource`. `None` if the request does not show one text that is spelled
    /// as a token.
    ///
    /// **It proves nothing.** A used token has the same key, and a URL can leak. Authenticate the caller by
    /// another credential, and check that the stream belongs to it:
    /// [`GuardedSessions::stop`](crate::GuardedSessions::stop) does.
    pub fn key_for(&self, resource: &Resource) -> Option<TokenKey> {
        match &self.0.token {
            Shown::One(text) => TokenKey::of(text, resource),
            Shown::None | Shown::TooLong | Shown::Many => None,
        }
    }

    pub(crate) fn resource(&self) -> &Resource {
        &self.0.resource
    }

    /// Whether it was taken from a request of this route. `path` is what inner layers see now.
    pub(crate) fn is_for(&self, route: &SseRoute, path: &str) -> bool {
        let is_now = || {
            let found = route.matches(path);
            found.is_some_and(|(resource, _)| resource == self.0.resource)
        };
        self.0.route == *route && (self.0.is_exact || is_now())
    }

    /// Whether the request has anything in the token's place.
    pub(crate) fn is_shown(&self) -> bool {
        !matches!(self.0.token, Shown::None)
    }

    /// Whether the request has no token but a bearer in `Authorization`: the caller's own credential.
    pub(crate) fn is_by_caller(&self) -> bool {
        !self.is_shown() && self.0.other_credentials.in_authorization
    }

    /// Whether there was a query that is too long to be read.
    pub(crate) fn has_long_query(&self) -> bool {
        self.0.has_long_query
    }

    /// The token, for opening a stream. It must be the only credential. `Authorization` can be ignored, as
    /// it may belong to a gateway.
    pub(crate) fn token(&self, ignores_authorization: bool) -> &Shown {
        let OtherCredentials {
            in_authorization,
            in_cookie,
        } = self.0.other_credentials;
        let has_other = in_cookie || (in_authorization && !ignores_authorization);
        match &self.0.token {
            Shown::None => &Shown::None,
            _ if has_other => &Shown::Many,
            token => token,
        }
    }

    /// What is spelled like a resume id in `Last-Event-ID`.
    pub(crate) fn resume_id(&self) -> &Shown {
        &self.0.resume_id
    }
}

impl SseRoute {
    /// Takes the credentials out of a request of this route, and blanks what looks like another one.
    /// `None` if the request belongs to another route. Then it stays as it is.
    pub(crate) fn lift(&self, parts: &mut Parts) -> Option<StrippedToken> {
        self.lift_below(&self.0.settings.nest, parts)
    }

    /// The same where the whole path is seen, or was: nothing is guessed of a prefix that a router has cut
    /// off. Another route may have the path that is left.
    pub(crate) fn lift_whole(&self, parts: &mut Parts) -> Option<StrippedToken> {
        self.lift_below("", parts)
    }

    fn lift_below(&self, nest: &str, parts: &mut Parts) -> Option<StrippedToken> {
        let seen = parts.uri.path().len();
        let (resource, token_at) = candidates(parts, nest).find_map(|path| {
            // Where the token is in what inner layers see of the path.
            let cut = path.len().checked_sub(seen)?;
            let (resource, token_at) = self.matches(&path)?;
            let token_at = token_at.filter(|at| at.start >= cut);
            Some((resource, token_at.map(|at| at.start - cut..at.end - cut)))
        })?;
        self.lift_found(parts, (resource, token_at), true)
    }

    /// The same for a path that matches this route only after it was normalized.
    pub(crate) fn lift_loosely(&self, parts: &mut Parts, forms: &Forms) -> Option<StrippedToken> {
        let (form, found) = forms.all().into_iter().find_map(|form| {
            let found = self.matches(form)?;
            Some((form, found))
        })?;
        if found.1.is_some() {
            let query = parts.uri.query().map(str::to_owned);
            parts.uri = with_path_and_query(&parts.uri, form.to_owned(), query.as_deref())?;
        }
        self.lift_found(parts, found, false)
    }

    fn lift_found(
        &self,
        parts: &mut Parts,
        (resource, token_at): (Resource, Option<Range<usize>>),
        is_exact: bool,
    ) -> Option<StrippedToken> {
        let has_long_query = drop_long_query(&mut parts.uri)?;
        let token = match self.token_in() {
            TokenIn::Query(name) => lift_from_query(&mut parts.uri, name)?,
            TokenIn::Path(_) => lift_from_path(&mut parts.uri, token_at?)?,
            TokenIn::Header(name) => lift_from_headers(&mut parts.headers, name),
        };
        scrub(&mut parts.uri);
        Some(StrippedToken(Arc::new(RequestCredentials {
            route: self.clone(),
            resource,
            token,
            other_credentials: OtherCredentials::of(&parts.headers),
            resume_id: lift_resume_id(&mut parts.headers),
            has_long_query,
            is_exact,
        })))
    }

    /// The resource that a path names, and where the token is in the path, if it is there.
    fn matches(&self, path: &str) -> Option<(Resource, Option<Range<usize>>)> {
        let found = self.0.stream.find(path)?;
        let token_name = self.token_in().path_parameter();
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

/// Where `part` is in `whole`. It must be a slice of it.
fn place_of(part: &str, whole: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// Replaces the token in a path by a placeholder. The path still matches its route.
fn lift_from_path(uri: &mut Uri, at: Range<usize>) -> Option<Shown> {
    let token = Shown::None.and(uri.path().get(at.clone())?);
    let mut path = uri.path().to_owned();
    path.replace_range(at, PLACEHOLDER);
    *uri = with_path_and_query(uri, path, uri.query())?;
    Some(token)
}

/// Removes a query that is too long to be read, and says whether there was one. It may have a credential
/// in it, so it must not reach a log.
fn drop_long_query(uri: &mut Uri) -> Option<bool> {
    let is_long = uri.query().is_some_and(|query| query.len() > MAX_QUERY);
    if is_long {
        *uri = with_path_and_query(uri, uri.path().to_owned(), None)?;
    }
    Some(is_long)
}

/// Takes the parameters of this name out of the query, and leaves the others as they are.
///
/// A name is compared after exactly one percent-decoding. A value is not decoded: a token needs no
/// encoding, so an encoded text is not a token.
fn lift_from_query(uri: &mut Uri, name: &str) -> Option<Shown> {
    let Some(query) = uri.query() else {
        return Some(Shown::None);
    };
    let is_token = |pair: &&str| {
        let key = pair.split_once('=').map_or(*pair, |(key, _)| key);
        key == name || percent_decode_str(key).eq(name.bytes())
    };
    let token = query
        .split('&')
        .filter(is_token)
        .fold(Shown::None, |shown, pair| {
            shown.and(pair.split_once('=').map_or("", |(_, value)| value))
        });
    if !matches!(token, Shown::None) {
        let rest: Vec<_> = query.split('&').filter(|pair| !is_token(pair)).collect();
        let rest = (!rest.is_empty()).then(|| rest.join("&"));
        *uri = with_path_and_query(uri, uri.path().to_owned(), rest.as_deref())?;
    }
    Some(token)
}

fn lift_from_headers(headers: &mut HeaderMap, name: &HeaderName) -> Shown {
    let token = headers
        .get_all(name)
        .iter()
        .fold(Shown::None, |shown, value| {
            // A value that is not text is not a token either.
            shown.and(value.to_str().unwrap_or_default())
        });
    headers.remove(name);
    token
}

/// Takes `Last-Event-ID` (HTML §9.2.4) out if it is spelled like a resume id. Ids of the application stay.
fn lift_resume_id(headers: &mut HeaderMap) -> Shown {
    let is_claimed = |value: &HeaderValue| ResumeId::is_claimed_by(value.as_bytes());
    if headers.get_all(&LAST_EVENT_ID).iter().any(is_claimed) {
        lift_from_headers(headers, &LAST_EVENT_ID)
    } else {
        Shown::None
    }
}

pub(super) fn with_path_and_query(uri: &Uri, mut path: String, query: Option<&str>) -> Option<Uri> {
    if let Some(query) = query {
        path.push('?');
        path.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::from_maybe_shared(Bytes::from(path)).ok()?);
    Uri::from_parts(parts).ok()
}

impl Shown {
    pub(crate) fn is_many(&self) -> bool {
        matches!(self, Self::Many)
    }

    /// What is shown if this text comes on top.
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
