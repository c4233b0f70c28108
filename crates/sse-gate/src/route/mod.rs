//! Where a stream stands: [`StreamRoute`], the pattern of its path and the place of its token.

mod error;
mod lift;
mod pattern;
mod rivals;
mod scrub;
mod spelling;
mod usual;

use std::fmt;
use std::sync::Arc;

use http::HeaderName;
use sse_gate_core::Resource;

use error::Fault;
pub use error::{InvalidRoute, InvalidRouteKind};
pub(crate) use lift::ShownToken;
pub use lift::StrippedToken;
pub(crate) use pattern::{Params, Pattern};
pub(crate) use scrub::scrub;

/// The route of a stream: which paths it has, where the token stands, which resource it opens.
///
/// The pattern is written as for [`matchit`](https://docs.rs/matchit) and axum:
/// `/generations/{id}/stream`. The resource is the pattern with the values of its parameters,
/// each percent-decoded exactly once, so the code that issues tokens names the same resource by
/// giving the same values.
///
/// [`StripTokenLayer`](crate::StripTokenLayer) and [`GateLayer`](crate::GateLayer) are given the same
/// route: a clone, or one that was made from the same pattern with the token at the same place.
///
/// ```
/// use sse_gate::StreamRoute;
///
/// let route = StreamRoute::new("/generations/{id}/stream")?;
/// assert_eq!(route.path(["abc 1"])?, "/generations/abc%201/stream");
/// assert_ne!(route.resource(["abc 1"])?, route.resource(["abc 2"])?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct StreamRoute(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    pattern: Pattern,
    token_in: TokenIn,
}

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

impl StreamRoute {
    /// The route of this pattern, with the token in the query parameter `token`.
    pub fn new(pattern: &str) -> Result<Self, InvalidRoute> {
        Self::with_token_in(pattern, TokenIn::Query("token".to_owned()))
    }

    /// The route of this pattern, with the token at a place of its own.
    pub fn with_token_in(pattern: &str, token_in: TokenIn) -> Result<Self, InvalidRoute> {
        let pattern = Pattern::new(pattern)?;
        let invalid = |fault| Err(InvalidRoute::new(pattern.as_str(), fault));
        match &token_in {
            TokenIn::Path(name) if !pattern.has(name) => {
                invalid(Fault::NoTokenParameter(name.as_str().into()))
            }
            TokenIn::Query(name) if !is_unencoded(name) => {
                invalid(Fault::TokenParameter(name.as_str().into()))
            }
            TokenIn::Header(name) if has_meaning(name) => invalid(Fault::TokenHeader(name.clone())),
            _ => Ok(Self(Arc::new(Inner { pattern, token_in }))),
        }
    }

    /// Leaves the paths of another pattern to somebody else, as routers do that prefer a text to a
    /// parameter.
    ///
    /// ```
    /// use sse_gate::{StreamRoute, TokenIn};
    ///
    /// let token_in = TokenIn::Path("stream_id".to_owned());
    /// let route = StreamRoute::with_token_in("/chat/{stream_id}", token_in)?
    ///     .except("/chat/initiate")?;
    /// # Ok::<(), sse_gate::InvalidRoute>(())
    /// ```
    pub fn except(mut self, pattern: &str) -> Result<Self, InvalidRoute> {
        Arc::make_mut(&mut self.0).pattern.except(pattern)?;
        Ok(self)
    }

    /// The resource that this route opens for these values of its parameters, in their order; an
    /// error if there are too few or too many, or if one is empty. A token in the path is none of
    /// them.
    pub fn resource<V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Resource, InvalidRoute> {
        let values: Vec<V> = values.into_iter().collect();
        let names: Vec<&str> = self.parameters().collect();
        self.0.pattern.check_values(&names, &values)?;
        let pattern = std::iter::once(self.pattern());
        let parts = pattern.chain(values.iter().map(AsRef::as_ref));
        let invalid = |error| InvalidRoute::new(self.pattern(), Fault::Resource(error));
        Resource::new(parts).map_err(invalid)
    }

    /// The names of the parameters that make the resource, in their order: all but the token's.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        let token = match self.token_in() {
            TokenIn::Path(name) => Some(name.as_str()),
            TokenIn::Query(_) | TokenIn::Header(_) => None,
        };
        let names = self.0.pattern.names();
        names.filter(move |name| Some(*name) != token)
    }

    /// The path of this route for these values of its parameters, in their order, a token in the
    /// path included; an error if there are too few or too many.
    pub fn path<V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<String, InvalidRoute> {
        self.0.pattern.fill(values)
    }

    /// Checks that the pattern of a mint has the parameters that make this route's resource.
    pub(crate) fn check_mint(&self, mint: &Pattern) -> Result<(), InvalidRoute> {
        let list = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| format!("{{{name}}}")).collect();
            match &*names.join(", ") {
                "" => "none".into(),
                list => list.into(),
            }
        };
        let (mut own, mut others): (Vec<_>, Vec<_>) =
            (mint.names().collect(), self.parameters().collect());
        own.sort_unstable();
        others.sort_unstable();
        if own == others {
            return Ok(());
        }
        let fault = Fault::Parameters {
            own: list(&own),
            other: self.pattern().into(),
            others: list(&others),
        };
        Err(InvalidRoute::new(mint.as_str(), fault))
    }

    /// The pattern.
    pub fn pattern(&self) -> &str {
        self.0.pattern.as_str()
    }

    /// Where the token stands.
    pub fn token_in(&self) -> &TokenIn {
        &self.0.token_in
    }
}

/// Whether clients send the name of a parameter as it is: RFC 3986 §2.3, unreserved.
fn is_unencoded(name: &str) -> bool {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_one)
}

/// Whether servers, browsers or this library read a header for something else.
fn has_meaning(name: &HeaderName) -> bool {
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

impl PartialEq for StreamRoute {
    fn eq(&self, other: &Self) -> bool {
        let same = self.pattern() == other.pattern() && self.token_in() == other.token_in();
        Arc::ptr_eq(&self.0, &other.0) || same
    }
}

impl Eq for StreamRoute {}

impl fmt::Debug for StreamRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamRoute")
            .field("pattern", &self.0.pattern.as_str())
            .field("token_in", &self.0.token_in)
            .finish_non_exhaustive()
    }
}
