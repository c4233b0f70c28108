//! Where streams are: [`SseRoute`] has the path of a stream, and the path of its tokens.
//!
//! A route reads a request in three steps. It matches the path ([`Pattern`]), takes the credentials out
//! of their places ([`StrippedToken`]), and blanks what looks like a credential in any other place
//! ([`scrub()`]).

mod error;
mod found;
mod lift;
mod normalized;
mod other_credentials;
mod pattern;
mod scrub;
mod settings;
mod spelling;
mod token_in;

use std::fmt;
use std::sync::Arc;

use sse_gate_core::Resource;

pub use error::{InvalidRoute, InvalidRouteKind};
pub(crate) use found::{MintTarget, PublicPath};
pub(crate) use lift::Shown;
pub use lift::StrippedToken;
pub(crate) use normalized::Forms;
pub(crate) use pattern::Params;
pub(crate) use scrub::scrub;
pub use token_in::TokenIn;

use error::RouteFault;
use pattern::Pattern;
use settings::Settings;

/// The route of a stream: its path, the path at which clients get tokens, the place of the token, and the
/// resource that it opens.
///
/// The pattern is written as for axum: `/rooms/{room}/events`. These follow from it:
///
/// | | for this pattern | set with |
/// |---|---|---|
/// | the path at which clients get tokens | `POST /rooms/{room}/events-token` | [`with_mint_path`](Self::with_mint_path) |
/// | the place of the token | `?token=…` | [`with_token_in`](Self::with_token_in) |
/// | the resource of a token | the pattern, and the value of `room`, percent-decoded once | |
/// | the URL that clients are told | `/rooms/7/events` | [`with_nest`](Self::with_nest), [`with_url_prefix`](Self::with_url_prefix) |
///
/// Give the same route to [`StripTokenLayer`](crate::StripTokenLayer), [`GateLayer`](crate::GateLayer)
/// and [`MintService`](crate::MintService), so that they can't disagree. Clones are cheap. Each setter
/// returns a new route.
///
/// ```
/// use sse_gate::SseRoute;
///
/// let feed = SseRoute::new("/rooms/{room}/events")?;
/// assert_eq!(feed.mint_pattern(), "/rooms/{room}/events-token");
/// assert_eq!(feed.url(["abc 1"])?, "/rooms/abc%201/events");
/// assert_ne!(feed.resource(["abc 1"])?, feed.resource(["abc 2"])?);
///
/// // The error says how to write it.
/// let error = SseRoute::new("/rooms/:room/events").unwrap_err();
/// assert!(error.to_string().contains("a parameter stands in braces: {name}"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Which path is matched
///
/// The path that the client asks for. Under `Router::nest`, inner layers see only the end of it. So tell
/// a nested route [where](Self::with_nest) its router is. The layers and the mint all match by this rule:
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
    /// The public path of the stream. It does not match the paths of the mint and of exceptions.
    stream: Pattern,
    /// The public path of the mint.
    mint: Pattern,
    /// The names of the parameters that make the resource, in order.
    parameters: Vec<Box<str>>,
}

impl SseRoute {
    /// The route with this pattern, and with the token in the query parameter `token`.
    ///
    /// # Errors
    ///
    /// The pattern is not a path with parameters in braces, or no request could match it. The message says
    /// how to write it.
    pub fn new(pattern: &str) -> Result<Self, InvalidRoute> {
        Settings::new(pattern).build()
    }

    /// Puts the token in another place.
    ///
    /// # Errors
    ///
    /// The pattern has no such parameter, clients would encode the name of the query parameter, or the
    /// header has another meaning.
    ///
    /// ```
    /// use http::HeaderName;
    /// use sse_gate::{SseRoute, TokenIn};
    ///
    /// let feed = SseRoute::new("/feed")?;
    /// let in_header = TokenIn::Header(HeaderName::from_static("x-stream-token"));
    /// assert!(feed.with_token_in(in_header).is_ok());
    /// assert!(feed.with_token_in(TokenIn::Path("token".to_owned())).is_err(), "no such parameter");
    /// # Ok::<(), sse_gate::InvalidRoute>(())
    /// ```
    pub fn with_token_in(&self, token_in: TokenIn) -> Result<Self, InvalidRoute> {
        self.change(|settings| settings.token_in = token_in)
    }

    /// Sets the pattern of the path at which clients get tokens. It must have exactly the parameters that
    /// make the resource.
    ///
    /// By default it is the pattern of the stream, changed like this:
    ///
    /// | the pattern of the stream | ends with | the mint path |
    /// |---|---|---|
    /// | `/rooms/{room}/events` | a text | `/rooms/{room}/events-token` |
    /// | `/rooms/{room}` | a parameter | `/rooms/{room}/token` |
    /// | `/chat/{id}`, with the token in the path as `id` | | `/chat/token` |
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

    /// Sets the prefix at which the router of this route is nested, like `/api`. The patterns of the route
    /// stay relative to the nested router.
    ///
    /// The prefix may have parameters. They become part of the resource. Then a
    /// [`StripTokenLayer`](crate::StripTokenLayer) must be around the outer router, because the values
    /// can't be known from the end of the path. With the feature `axum`, axum's router is enough.
    ///
    /// ```
    /// use sse_gate::SseRoute;
    ///
    /// let feed = SseRoute::new("/feed")?.with_nest("/teams/{team}")?;
    /// assert_eq!(feed.parameters().collect::<Vec<_>>(), ["team"]);
    /// assert_eq!(feed.url(["red"])?, "/teams/red/feed");
    /// assert_eq!((feed.pattern(), feed.mint_pattern()), ("/feed", "/feed-token"));
    /// # Ok::<(), sse_gate::InvalidRoute>(())
    /// ```
    pub fn with_nest(&self, prefix: &str) -> Result<Self, InvalidRoute> {
        self.change(|settings| settings.nest = prefix.trim_end_matches('/').into())
    }

    /// Sets what comes before the path in the `stream_url` that clients are told. It is the prefix that a
    /// proxy removes, like `/app`, or an origin, like `https://api.example`, or both. It changes no
    /// matching.
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

    /// Leaves the paths of another pattern to another handler. Use it where the router prefers another
    /// route for some of the paths. The mint path of this route is always left out.
    ///
    /// ```
    /// use sse_gate::SseRoute;
    ///
    /// // `/chats/new` is a page, and no chat.
    /// let chats = SseRoute::new("/chats/{chat}")?.with_exception("/chats/new")?;
    /// assert!(chats.with_exception("/chats/{chat}").is_err(), "that leaves nothing");
    /// # Ok::<(), sse_gate::InvalidRoute>(())
    /// ```
    pub fn with_exception(&self, pattern: &str) -> Result<Self, InvalidRoute> {
        self.change(|settings| settings.exceptions.push(pattern.into()))
    }

    fn change(&self, change: impl FnOnce(&mut Settings)) -> Result<Self, InvalidRoute> {
        let mut settings = self.0.settings.clone();
        change(&mut settings);
        settings.build()
    }

    /// The pattern of the stream's path, for a router. It is relative to the [nest](Self::with_nest).
    pub fn pattern(&self) -> &str {
        &self.0.settings.pattern
    }

    /// The pattern of the path at which clients get tokens, for a router. It is relative to the
    /// [nest](Self::with_nest).
    pub fn mint_pattern(&self) -> &str {
        let nest = self.0.settings.nest.len();
        &self.0.mint.as_str()[nest..]
    }

    /// Where in a request the token is.
    pub fn token_in(&self) -> &TokenIn {
        &self.0.settings.token_in
    }

    /// The names of the parameters that make the resource, in order: all except the token's.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.0.parameters.iter().map(|name| &**name)
    }

    /// The resource that this route opens, for these values of its [parameters](Self::parameters) in order.
    /// The values are not percent-encoded.
    ///
    /// # Errors
    ///
    /// There are too few or too many values, or one is empty, too long, or a segment `.` or `..`.
    pub fn resource<V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Resource, InvalidRoute> {
        let values: Vec<V> = values.into_iter().collect();
        let names: Vec<&str> = self.parameters().collect();
        self.0.stream.check_values(&names, &values)?;
        let pattern = std::iter::once(self.0.stream.as_str());
        let parts = pattern.chain(values.iter().map(AsRef::as_ref));
        let invalid =
            |error| InvalidRoute::new(self.0.stream.as_str(), RouteFault::Resource(error));
        Resource::new(parts).map_err(invalid)
    }

    /// The URL of the stream for a client, for these values of all parameters in order. The values are
    /// percent-encoded. A token in the path is one of the values. A token in the query is not part of the
    /// URL.
    ///
    /// # Errors
    ///
    /// There are too few or too many values, or one is empty or a segment `.` or `..`.
    pub fn url<V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<String, InvalidRoute> {
        let path = self.0.stream.fill(values)?;
        Ok(format!("{}{path}", self.0.settings.url_prefix))
    }

    /// Whether a path is one of the stream or of the mint, as it is or after it was normalized.
    pub(crate) fn fits(&self, path: &str, forms: &Forms) -> bool {
        self.0.stream.fits(path, forms) || self.0.mint.fits(path, forms)
    }

    pub(crate) fn is_mint(&self, path: &str, forms: &Forms) -> bool {
        self.0.mint.fits(path, forms)
    }

    /// Whether a router may have cut a prefix off its paths.
    pub(crate) fn is_nested(&self) -> bool {
        !self.0.settings.nest.is_empty()
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
