//! Where a stream stands: [`StreamRoute`], the pattern of its path and the place of its token.

mod error;
mod lift;
mod pattern;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::HeaderName;
use sse_gate_core::{InvalidResource, Resource};

pub use error::InvalidRoute;
pub(crate) use lift::ShownToken;
pub use lift::StrippedToken;
pub(crate) use pattern::{Params, Pattern};

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
        let has_place = match &token_in {
            TokenIn::Path(name) => pattern.has(name),
            TokenIn::Query(name) => !name.is_empty(),
            TokenIn::Header(_) => true,
        };
        if !has_place {
            return Err(InvalidRoute::NO_TOKEN);
        }
        Ok(Self(Arc::new(Inner { pattern, token_in })))
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

    /// The resource that this route opens for these values of its parameters, in their order.
    /// A token in the path is none of them.
    pub fn resource<V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Resource, InvalidResource> {
        // Parts of two types: the pattern borrowed, the values as they come.
        let pattern = std::iter::once(Cow::Borrowed(self.0.pattern.as_str()));
        let values = values
            .into_iter()
            .map(|value| Cow::Owned(value.as_ref().to_owned()));
        Resource::new(pattern.chain(values))
    }

    /// The path of this route for these values of its parameters, in their order, a token in the
    /// path included; an error if there are too few or too many.
    pub fn path<V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<String, InvalidRoute> {
        self.0.pattern.fill(values)
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
