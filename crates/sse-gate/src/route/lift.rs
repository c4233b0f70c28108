//! Lifts the token out of a request: afterwards the request has it no more.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use sse_gate_core::{Resource, TokenKey};
use sse_gate_resume::backend::ResumeId;
use zeroize::Zeroizing;

use super::found::candidates;
use super::rivals::Rivals;
use super::scrub::scrub;
use super::{SseRoute, TokenIn, usual};

/// The longest query that is looked into, in bytes.
pub(super) const MAX_QUERY: usize = 4 * 1024;

/// The longest text that is kept as a token, in bytes. A token has 55.
const MAX_SHOWN: usize = 128;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What stands in a path in a credential's place.
pub(super) const PLACEHOLDER: &str = "-";

/// What a request showed as its token or resume id, as its route's layer found it.
pub(crate) enum Shown {
    /// Nothing.
    None,
    /// One text, the token or something else.
    One(Zeroizing<Box<str>>),
    /// Something that is too long to be a token.
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
    route: SseRoute,
    resource: Resource,
    token: Shown,
    rivals: Rivals,
    resume_id: Shown,
    /// Whether there was a query that is too long to look into. It is gone.
    has_long_query: bool,
    /// Whether the path was the route's as it stood, and not only when an inner layer has brought it
    /// into the usual form.
    is_exact: bool,
}

impl StrippedToken {
    /// The key of the token for `resource`, if it is spelled as one. It proves nothing: whoever
    /// shows a token that was used has the same key. Who asks is known by another credential.
    pub fn key_for(&self, resource: &Resource) -> Option<TokenKey> {
        match &self.0.token {
            Shown::One(text) => TokenKey::of(text, resource),
            Shown::None | Shown::TooLong | Shown::Many => None,
        }
    }

    pub(crate) fn resource(&self) -> &Resource {
        &self.0.resource
    }

    /// Whether it is for a request of this route's, whose path is `path` now.
    pub(crate) fn is_for(&self, route: &SseRoute, path: &str) -> bool {
        let is_now = || {
            let found = route.matches(path);
            found.is_some_and(|(resource, _)| resource == self.0.resource)
        };
        self.0.route == *route && (self.0.is_exact || is_now())
    }

    /// Whether something was shown in the token's place.
    pub(crate) fn is_shown(&self) -> bool {
        !matches!(self.0.token, Shown::None)
    }

    /// Whether the request shows no token, and a bearer in `Authorization`: the credential of the
    /// caller itself.
    pub(crate) fn is_by_caller(&self) -> bool {
        !self.is_shown() && self.0.rivals.in_authorization
    }

    /// Whether there was a query that is too long to look into.
    pub(crate) fn has_long_query(&self) -> bool {
        self.0.has_long_query
    }

    /// The token, for who opens a stream: it must be the only credential. `Authorization` may
    /// belong to a gateway.
    pub(crate) fn token(&self, ignores_authorization: bool) -> &Shown {
        let Rivals {
            in_authorization,
            in_cookie,
        } = self.0.rivals;
        let has_rival = in_cookie || (in_authorization && !ignores_authorization);
        match &self.0.token {
            Shown::None => &Shown::None,
            _ if has_rival => &Shown::Many,
            token => token,
        }
    }

    /// What claims to be a resume id in `Last-Event-ID`.
    pub(crate) fn resume_id(&self) -> &Shown {
        &self.0.resume_id
    }
}

impl SseRoute {
    /// Takes the token out of a request of this route, and blanks what looks like another one;
    /// `None` if it is not one, and stays as it is.
    pub(crate) fn lift(&self, parts: &mut Parts) -> Option<StrippedToken> {
        let seen = parts.uri.path().len();
        let paths = candidates(parts, &self.0.settings.nest);
        let (resource, token_at) = paths.into_iter().find_map(|path| {
            // Where the token stands in what is left of the path.
            let cut = path.len().checked_sub(seen)?;
            let (resource, token_at) = self.matches(&path)?;
            let token_at = token_at.filter(|at| at.start >= cut);
            Some((resource, token_at.map(|at| at.start - cut..at.end - cut)))
        })?;
        self.lift_found(parts, (resource, token_at), true)
    }

    /// The same for a path that is one of this route's when it is brought into the usual form.
    pub(crate) fn lift_loosely(&self, parts: &mut Parts) -> Option<StrippedToken> {
        let mut forms = usual::forms(parts.uri.path());
        let (form, found) = forms.find_map(|form| {
            let found = self.matches(&form)?;
            Some((form, found))
        })?;
        drop(forms);
        if found.1.is_some() {
            let query = parts.uri.query().map(str::to_owned);
            parts.uri = with_path_and_query(&parts.uri, form, query.as_deref())?;
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
        Some(StrippedToken(Arc::new(Finding {
            route: self.clone(),
            resource,
            token,
            rivals: Rivals::of(&parts.headers),
            resume_id: lift_resume_id(&mut parts.headers),
            has_long_query,
            is_exact,
        })))
    }

    /// The resource that a path stands for, and where in it the token is if that is its place.
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

/// Where `part` stands in `whole`, of which it is a slice.
fn place_of(part: &str, whole: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// Puts a placeholder in the token's place: the path is still one of its route.
fn lift_from_path(uri: &mut Uri, at: Range<usize>) -> Option<Shown> {
    let token = Shown::None.and(uri.path().get(at.clone())?);
    let mut path = uri.path().to_owned();
    path.replace_range(at, PLACEHOLDER);
    *uri = with_path_and_query(uri, path, uri.query())?;
    Some(token)
}

/// Takes a query away that is too long to look into. Whether there was one. What is in it is not
/// known, so it is to be in no log.
fn drop_long_query(uri: &mut Uri) -> Option<bool> {
    let is_long = uri.query().is_some_and(|query| query.len() > MAX_QUERY);
    if is_long {
        *uri = with_path_and_query(uri, uri.path().to_owned(), None)?;
    }
    Some(is_long)
}

/// Takes the parameters of this name out of the query, and leaves the others as they are.
///
/// A name is compared after exactly one percent-decoding. A value is taken as it is written: a
/// token needs no encoding, so one that has any is none.
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
            // What is no text is no token either.
            shown.and(value.to_str().unwrap_or_default())
        });
    headers.remove(name);
    token
}

/// Takes `Last-Event-ID` (HTML §9.2.4) out if it claims to be a resume id. An application's own
/// ids stay.
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
    parts.path_and_query = Some(PathAndQuery::from_maybe_shared(path).ok()?);
    Uri::from_parts(parts).ok()
}

impl Shown {
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
