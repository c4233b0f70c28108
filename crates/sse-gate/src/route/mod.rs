//! Where a stream stands: [`SseRoute`], the path of its stream and that of its tokens.

mod error;
mod found;
mod lift;
mod pattern;
mod rivals;
mod scrub;
mod settings;
mod spelling;
mod token_in;
mod usual;

use std::fmt;
use std::sync::Arc;

use sse_gate_core::Resource;

pub use error::{InvalidRoute, InvalidRouteKind};
pub(crate) use found::{Found, PublicPath};
pub(crate) use lift::Shown;
pub use lift::StrippedToken;
pub(crate) use pattern::Params;
pub(crate) use scrub::scrub;
pub use token_in::TokenIn;

use error::Fault;
use pattern::Pattern;
use settings::Settings;

/// The route of a stream: its path, the path at which its tokens are asked for, the place of the
/// token, and the resource that it opens.
///
/// The pattern is written as for axum: `/rooms/{room}/events`. From it follow
///
/// - the path of the tokens, `/rooms/{room}/events-token`: see [`with_mint_path`](Self::with_mint_path);
/// - the resource, which is the pattern with the values of its parameters, each percent-decoded once.
///
/// One route is given to [`StripTokenLayer`](crate::StripTokenLayer), [`GateLayer`](crate::GateLayer)
/// and [`MintService`](crate::MintService), so they can't disagree. Clones are cheap.
///
/// ```
/// use sse_gate::SseRoute;
///
/// let feed = SseRoute::new("/rooms/{room}/events")?;
/// assert_eq!(feed.mint_pattern(), "/rooms/{room}/events-token");
/// assert_eq!(feed.url(["abc 1"])?, "/rooms/abc%201/events");
/// assert_ne!(feed.resource(["abc 1"])?, feed.resource(["abc 2"])?);
///
/// // A mistake is found when the program starts.
/// let error = SseRoute::new("/rooms/:room/events").unwrap_err();
/// assert!(error.to_string().contains("a parameter stands in braces: {name}"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Which path counts
///
/// The public one, which the client asks for. Under `Router::nest` inner layers see a path that was
/// cut, so a nested route is told [where](Self::with_nest). It is the same rule for the layer that
/// strips tokens, for the gate and for the mint:
///
/// ```
/// use sse_gate::SseRoute;
///
/// let feed = SseRoute::new("/rooms/{room}/events")?.with_nest("/api")?;
/// assert_eq!(feed.pattern(), "/rooms/{room}/events"); // for the nested router
/// assert_eq!(feed.url(["7"])?, "/api/rooms/7/events"); // for the client
/// # Ok::<(), sse_gate::InvalidRoute>(())
/// ```
#[derive(Clone)]
pub struct SseRoute(Arc<Inner>);

struct Inner {
    settings: Settings,
    /// The public path of the stream. It leaves the paths of the mint and of exceptions alone.
    stream: Pattern,
    /// The public path of the mint.
    mint: Pattern,
    /// The parameters that make the resource, in their order.
    parameters: Vec<Box<str>>,
}

impl SseRoute {
    /// The route of this pattern, with the token in the query parameter `token`.
    pub fn new(pattern: &str) -> Result<Self, InvalidRoute> {
        Settings::new(pattern).build()
    }

    /// Puts the token at another place.
    pub fn with_token_in(&self, token_in: TokenIn) -> Result<Self, InvalidRoute> {
        self.change(|settings| settings.token_in = token_in)
    }

    /// The pattern of the path at which tokens are asked for. It must have the parameters that make
    /// the resource, and no others.
    ///
    /// By default it is that of the stream with `-token` behind it, or `/token` if its last segment
    /// is a parameter. If the token stands in the path, `token` stands in its place there.
    ///
    /// ```
    /// use sse_gate::{SseRoute, TokenIn};
    ///
    /// let chat = SseRoute::new("/chat/{stream_id}")?
    ///     .with_token_in(TokenIn::Path("stream_id".to_owned()))?
    ///     .with_mint_path("/chat/initiate")?;
    /// assert_eq!(chat.mint_pattern(), "/chat/initiate");
    /// # Ok::<(), sse_gate::InvalidRoute>(())
    /// ```
    pub fn with_mint_path(&self, pattern: &str) -> Result<Self, InvalidRoute> {
        self.change(|settings| settings.mint = Some(pattern.into()))
    }

    /// The prefix at which the router of this route is nested: `/api`. It may have parameters; they
    /// are part of the resource then.
    ///
    /// The other patterns stay as they are, relative to the nested router.
    pub fn with_nest(&self, prefix: &str) -> Result<Self, InvalidRoute> {
        self.change(|settings| settings.nest = prefix.trim_end_matches('/').into())
    }

    /// What stands before the path in the `stream_url` that clients are told: the prefix that a
    /// proxy cuts, `/app`, or an origin as well, `https://api.example`.
    ///
    /// ```
    /// use sse_gate::SseRoute;
    ///
    /// let feed = SseRoute::new("/feed")?.with_url_prefix("/app")?;
    /// assert_eq!(feed.url::<&str>([])?, "/app/feed");
    /// # Ok::<(), sse_gate::InvalidRoute>(())
    /// ```
    pub fn with_url_prefix(&self, prefix: &str) -> Result<Self, InvalidRoute> {
        self.change(|settings| settings.url_prefix = prefix.trim_end_matches('/').into())
    }

    /// Leaves the paths of another pattern to another handler, as routers do that prefer a fixed
    /// text to a parameter. The path of the tokens is left alone in any case.
    pub fn with_exception(&self, pattern: &str) -> Result<Self, InvalidRoute> {
        self.change(|settings| settings.exceptions.push(pattern.into()))
    }

    fn change(&self, change: impl FnOnce(&mut Settings)) -> Result<Self, InvalidRoute> {
        let mut settings = self.0.settings.clone();
        change(&mut settings);
        settings.build()
    }

    /// The pattern of the stream's path, for a router.
    pub fn pattern(&self) -> &str {
        &self.0.settings.pattern
    }

    /// The pattern of the path at which tokens are asked for, for a router.
    pub fn mint_pattern(&self) -> &str {
        let nest = self.0.settings.nest.len();
        &self.0.mint.as_str()[nest..]
    }

    /// Where the token stands.
    pub fn token_in(&self) -> &TokenIn {
        &self.0.settings.token_in
    }

    /// The names of the parameters that make the resource, in their order: all but the token's.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.0.parameters.iter().map(|name| &**name)
    }

    /// The resource that this route opens for these values of its parameters, in their order.
    ///
    /// # Errors
    ///
    /// If there are too few values or too many, or if one is empty or too long.
    pub fn resource<V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Resource, InvalidRoute> {
        let values: Vec<V> = values.into_iter().collect();
        let names: Vec<&str> = self.parameters().collect();
        self.0.stream.check_values(&names, &values)?;
        let pattern = std::iter::once(self.0.stream.as_str());
        let parts = pattern.chain(values.iter().map(AsRef::as_ref));
        let invalid = |error| InvalidRoute::new(self.0.stream.as_str(), Fault::Resource(error));
        Resource::new(parts).map_err(invalid)
    }

    /// The URL of the stream for these values of its parameters, in their order: what a client asks
    /// for. A token in the path is one of the values; a token in the query is not in it.
    ///
    /// # Errors
    ///
    /// If there are too few values or too many, or if one is empty.
    pub fn url<V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<String, InvalidRoute> {
        let path = self.0.stream.fill(values)?;
        Ok(format!("{}{path}", self.0.settings.url_prefix))
    }

    /// Whether a path is one of the stream's or of the mint's, as it stands or in the form that an
    /// inner layer may bring it into.
    pub(crate) fn fits(&self, path: &str) -> bool {
        self.0.stream.fits(path) || self.0.mint.fits(path)
    }

    pub(crate) fn is_mint(&self, path: &str) -> bool {
        self.0.mint.fits(path)
    }
}

impl PartialEq for SseRoute {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.settings == other.0.settings
    }
}

impl Eq for SseRoute {}

impl From<&SseRoute> for SseRoute {
    fn from(route: &SseRoute) -> Self {
        route.clone()
    }
}

impl fmt::Debug for SseRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseRoute")
            .field("pattern", &self.0.stream.as_str())
            .field("mint", &self.0.mint.as_str())
            .field("token_in", self.token_in())
            .finish_non_exhaustive()
    }
}
