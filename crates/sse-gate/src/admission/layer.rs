//! The layer that admits requests to streams: [`GateLayer`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use tower_layer::Layer;

use super::config::Config;
use super::stopper::Stopper;
use super::{GateRejection, GateService};
use crate::challenge::Challenge;
use crate::mint::MintService;
use crate::origin::{self, InvalidOrigin};
use crate::resume::Resumable;
use crate::{Gate, SseRoute, StreamSlots};

/// A tower layer that admits requests to the streams of one route. See the [module](super) for the
/// checks and their order.
///
/// It wraps the handler of the stream in a [`GateService`]. The handler finds a
/// [`Granted`](crate::Granted) in the extensions of the request. With axum, `RouterExt::sse` makes the
/// layer for you, and `RouterExt::sse_with` takes one that you have set up.
///
/// The setters change what passes, and what is refused:
///
/// | setter | what changes |
/// |---|---|
/// | [`resumable`](Self::resumable) | clients continue after a reconnect |
/// | [`with_callers`](Self::with_callers) | a bearer in `Authorization` opens a stream too |
/// | [`with_allowed_origins`](Self::with_allowed_origins) | only pages of these origins pass |
/// | [`with_slots`](Self::with_slots) | how many streams may be open |
/// | [`with_any_accept`](Self::with_any_accept) | `Accept` need not name event streams |
/// | [`with_authorization_ignored`](Self::with_authorization_ignored) | a bearer beside the token is no error |
/// | [`in_front_of_router`](Self::in_front_of_router) | other routes pass |
/// | [`with_store_budget`](Self::with_store_budget) | how long a store may take |
/// | [`until`](Self::until) | streams end at a signal |
/// | [`with_challenge`](Self::with_challenge), [`on_refusal`](Self::on_refusal) | how refusals look |
///
/// ```
/// use sse_gate::{Gate, GateLayer, SseRoute, StreamSlots};
///
/// let (gate, route) = (Gate::in_memory(), SseRoute::new("/rooms/{room}/events")?);
/// let layer = GateLayer::new(&gate, &route)
///     .resumable(&gate.new_sessions()?)
///     .with_slots(StreamSlots::new(50_000, 8))
///     .with_allowed_origins(["https://app.example"])?;
/// # let _ = layer;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The setters need no runtime. The service must be called within a Tokio runtime.
#[derive(Clone)]
pub struct GateLayer {
    pub(super) config: Arc<Config>,
}

impl GateLayer {
    /// A layer that admits clients to the streams of `route` with the tokens of `gate`.
    pub fn new(gate: &Gate, route: impl Into<SseRoute>) -> Self {
        let config = Config::new(gate, route.into());
        Self {
            config: Arc::new(config),
        }
    }

    /// Lets clients continue a stream after its connection broke. Browsers reconnect by themselves,
    /// with the same URL and the last id that they got: see [`mod@crate::resume`].
    ///
    /// It takes [`Sessions`](crate::Sessions), or a [`Resumable`] with settings. Without it a route is
    /// strict: a token opens one connection.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate::sessions::ResumePolicy;
    /// use sse_gate::{Gate, GateLayer, Resumable, SseRoute};
    ///
    /// let (gate, route) = (Gate::in_memory(), SseRoute::new("/answers/{id}")?);
    /// let sessions = gate.new_sessions()?;
    ///
    /// // With the default settings:
    /// let layer = GateLayer::new(&gate, &route).resumable(&sessions);
    /// // A client that stays away for two minutes loses its session:
    /// let policy = ResumePolicy::default().with_idle(Duration::from_secs(120));
    /// let layer = layer.resumable(Resumable::new(&sessions).with_policy(policy));
    /// # let _ = layer;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resumable(self, settings: impl Into<Resumable>) -> Self {
        let settings = settings.into();
        self.with(|config| config.resumable = Some(settings))
    }

    /// Sets the caps on open streams. Give clones of one [`StreamSlots`] to several layers to make them
    /// count together. By default each layer counts for itself, with the defaults of [`StreamSlots`].
    ///
    /// At the cap of all streams, a request gets 503 and its token is untouched. At the cap of a
    /// subject, it gets 429 and its token is spent. For caps over several nodes, see
    /// [`StreamSlots::with_limiter`]. A layer that is cloned shares the count of its
    /// original.
    ///
    /// ```
    /// use sse_gate::{Gate, GateLayer, SseRoute, StreamSlots};
    ///
    /// let gate = Gate::in_memory();
    /// let slots = StreamSlots::new(20_000, 4);
    /// let rooms = GateLayer::new(&gate, &SseRoute::new("/rooms/{room}")?).with_slots(slots.clone());
    /// let news = GateLayer::new(&gate, &SseRoute::new("/news")?).with_slots(slots.clone());
    /// assert_eq!(slots.open(), 0);
    /// # let _ = (rooms, news);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_slots(self, slots: StreamSlots) -> Self {
        self.with(|config| config.slots = slots)
    }

    /// Lets only pages of these origins open streams. Write an origin as browsers do:
    /// `https://app.example`.
    ///
    /// A GET of the stream's own pages passes without being listed: browsers send it without `Origin`,
    /// and with `Sec-Fetch-Site: same-origin`. For POST, list the own origin too. Programs that send
    /// neither `Origin` nor Fetch Metadata pass.
    ///
    /// Without this, pages of every origin may open streams. They still need a token: a browser does
    /// not send one by itself, as it does with a cookie.
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] if browsers would write an origin differently.
    ///
    /// ```
    /// use sse_gate::{Gate, GateLayer, SseRoute};
    ///
    /// let layer = GateLayer::new(&Gate::in_memory(), &SseRoute::new("/feed")?);
    /// let layer = layer.with_allowed_origins(["https://app.example", "http://localhost:5173"])?;
    /// # let _ = layer;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_allowed_origins<'o>(
        self,
        origins: impl IntoIterator<Item = &'o str>,
    ) -> Result<Self, InvalidOrigin> {
        let origins = origins.into_iter().map(origin::check);
        let origins = origins.collect::<Result<Arc<[_]>, _>>()?;
        Ok(self.with(|config| config.allowed_origins = Some(origins)))
    }

    /// Lets callers open a stream with the bearer in `Authorization`, without a token. They use GET or
    /// POST. This is for `fetch`, SDKs and services, which can set a header.
    ///
    /// The authenticator and the authorizer of `mint` are asked about each such request. The
    /// authorizer sees an empty body: the body of a POST belongs to the handler. If the permit names
    /// another resource than the path does, the answer is 404.
    ///
    /// On a [resumable](Self::resumable) route, a caller continues in one of two ways:
    ///
    /// - It sends the last id in `Last-Event-ID`. Its credential replaces the token: the session must
    ///   belong to the same subject.
    /// - It sends the number of the last event that it has, in `Last-Event-ID` or in the query
    ///   parameter `after`. This opens a new session. [`ResumableStream::follow`] begins behind that
    ///   event. Events that the log no longer has are named as a gap in `sse.open`.
    ///
    /// ```
    /// use http::request::Parts;
    /// use http::{Request, Response, StatusCode, header::ACCEPT};
    /// use http_body_util::Empty;
    /// use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, MintService, Permit};
    /// use sse_gate::{Gate, GateLayer, SseRoute};
    /// use tower::{Layer, Service, service_fn};
    ///
    /// # type Body = Empty<bytes::Bytes>;
    /// async fn authenticate(parts: Parts) -> Result<Identity, AuthError> {
    ///     match Bearer::of(&parts.headers)?.as_str() {
    ///         "alices-key" => Ok(Identity::named("alice")?),
    ///         _ => Err(AuthError::invalid()),
    ///     }
    /// }
    /// # async fn may_watch(request: MintRequest) -> Result<Permit, Denied> { Ok(request.permit()) }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let handler = service_fn(|_: Request<Body>| async {
    /// #     Ok::<_, std::convert::Infallible>(Response::new(Body::new()))
    /// # });
    /// let (gate, route) = (Gate::in_memory(), SseRoute::new("/feed")?);
    /// let mint = MintService::new(&gate, &route, authenticate, may_watch);
    /// let mut service = GateLayer::new(&gate, &route).with_callers(&mint).layer(handler);
    ///
    /// let request = |key: &str| {
    ///     let request = Request::get("/feed").header(ACCEPT, "text/event-stream");
    ///     request.header("authorization", format!("Bearer {key}")).body(Body::new())
    /// };
    /// assert_eq!(service.call(request("alices-key")?).await?.status(), StatusCode::OK);
    /// assert_eq!(service.call(request("mallorys")?).await?.status(), StatusCode::UNAUTHORIZED);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`ResumableStream::follow`]: crate::ResumableStream::follow
    pub fn with_callers(self, mint: &MintService) -> Self {
        let (callers, challenge) = (mint.callers(), mint.challenge().clone());
        self.with(|config| (config.callers, config.challenge) = (Some(callers), challenge))
    }

    /// Sets the `WWW-Authenticate` header of a 401: `Bearer realm="sse"` by default.
    /// [`with_callers`](Self::with_callers) sets the challenge of its mint.
    ///
    /// ```
    /// use sse_gate::mint::Challenge;
    /// use sse_gate::{Gate, GateLayer, SseRoute};
    ///
    /// let layer = GateLayer::new(&Gate::in_memory(), &SseRoute::new("/feed")?);
    /// let layer = layer.with_challenge(Challenge::cookie());
    /// # let _ = layer;
    /// # Ok::<(), sse_gate::InvalidRoute>(())
    /// ```
    pub fn with_challenge(self, challenge: Challenge) -> Self {
        self.with(|config| config.challenge = challenge)
    }

    /// Ends all streams of the layer when `signal` is ready, so that a graceful shutdown does not wait
    /// for them. It ends every body, axum's `Sse` too.
    ///
    /// Clients of resumable streams are told when to come back. Streams that are opened after the
    /// signal end at once. Layers that share [slots](Self::with_slots) stop together, even if only one
    /// of them has the signal.
    ///
    /// A task waits for the signal. The first request that may open a stream starts it.
    ///
    /// ```no_run
    /// use sse_gate::{Gate, GateLayer, SseRoute};
    /// use tokio::sync::watch;
    ///
    /// # fn layer() -> Result<GateLayer, sse_gate::InvalidRoute> {
    /// // Send `true` when the process is told to stop.
    /// let (stop, mut stopped) = watch::channel(false);
    /// let layer = GateLayer::new(&Gate::in_memory(), &SseRoute::new("/feed")?).until(async move {
    ///     // An error means that the sender is gone: stop then, too.
    ///     let _ = stopped.wait_for(|stop| *stop).await;
    /// });
    /// # let _ = stop;
    /// # Ok(layer)
    /// # }
    /// ```
    pub fn until(self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        self.with(|config| config.until = Some(Arc::new(Stopper::new(signal))))
    }

    /// Passes requests of other routes on, untouched, instead of answering them with 404.
    ///
    /// This is for a layer in front of the routing, as around a warp filter or a bare hyper or tower
    /// service. **The inner service must decide by [`Granted`](crate::Granted) alone** whether it may
    /// stream, and never by the path: routers disagree about paths.
    ///
    /// ```
    /// use http::{Request, Response, StatusCode};
    /// use http_body_util::{BodyExt, Empty, Full};
    /// use sse_gate::{Gate, GateLayer, Granted, SseRoute};
    /// use tower::{Layer, Service, service_fn};
    ///
    /// # type Body = Empty<bytes::Bytes>;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let site = service_fn(|request: Request<Body>| async move {
    ///     let text = match request.extensions().get::<Granted>() {
    ///         Some(granted) => format!("a stream for {}", granted.subject().as_str()),
    ///         None => "the front page".to_owned(),
    ///     };
    ///     Ok::<_, std::convert::Infallible>(Response::new(Full::<bytes::Bytes>::from(text)))
    /// });
    /// let (gate, route) = (Gate::in_memory(), SseRoute::new("/feed")?);
    /// let mut service = GateLayer::new(&gate, &route).in_front_of_router().layer(site);
    ///
    /// let page = service.call(Request::get("/").body(Body::new())?).await?;
    /// assert_eq!(page.into_body().collect().await?.to_bytes(), "the front page");
    /// let stream = Request::get("/feed").header("accept", "text/event-stream").body(Body::new())?;
    /// assert_eq!(service.call(stream).await?.status(), StatusCode::UNAUTHORIZED);
    /// # Ok(())
    /// # }
    /// ```
    pub fn in_front_of_router(self) -> Self {
        self.with(|config| config.passes_other_routes = true)
    }

    /// Ignores `Authorization` in requests that show a token. This is for a service behind a gateway
    /// that adds its own credential to every request.
    ///
    /// Without this, a bearer beside the token is a second credential, and the request is refused with
    /// 400 (RFC 6750 §2). A second token in a cookie is refused in any case.
    pub fn with_authorization_ignored(self) -> Self {
        self.with(|config| config.ignores_authorization = true)
    }

    /// Takes requests that accept `*/*` or `text/*`, or that have no `Accept` header. Many programs
    /// that are not browsers send such requests.
    ///
    /// Without this, `Accept` must name `text/event-stream`. Link previews and similar programs don't
    /// name it. So with this setting, they may spend a token.
    pub fn with_any_accept(self) -> Self {
        self.with(|config| config.takes_any_type = true)
    }

    /// How long each store may take to answer, of the tokens, the sessions and the open streams. It replaces the
    /// budget of the gate's [`StorePolicy`](crate::StorePolicy), which is 250 ms by default. The other
    /// bounds of the policy stay.
    ///
    /// A request that waits longer is refused with 503. Its token is spent or untouched: ask for a new
    /// one.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate::{Gate, GateLayer, SseRoute};
    ///
    /// let layer = GateLayer::new(&Gate::in_memory(), &SseRoute::new("/feed")?);
    /// let layer = layer.with_store_budget(Duration::from_millis(80));
    /// # let _ = layer;
    /// # Ok::<(), sse_gate::InvalidRoute>(())
    /// ```
    pub fn with_store_budget(self, budget: Duration) -> Self {
        self.with(|config| {
            for access in [
                &mut config.tokens,
                &mut config.stream_stores.sessions,
                &mut config.stream_stores.logs,
                &mut config.stream_limiter,
            ] {
                *access = access.clone().with_budget(budget);
            }
        })
    }

    /// The route that this layer stands in front of.
    pub fn route(&self) -> &SseRoute {
        &self.config.route
    }

    /// Writes the refusals, instead of [`GateRejection::to_response`]. The layer adds nothing but the
    /// scheme of its [challenge](Self::with_challenge), and the methods in an `Allow` header that is
    /// there.
    ///
    /// Refusals at the bearer door are those of the mint, and don't come through here.
    ///
    /// ```
    /// use http::{Request, Response, StatusCode};
    /// use http_body_util::{BodyExt, Empty, Full};
    /// use sse_gate::{Gate, GateLayer, GateRejection, SseRoute};
    /// use tower::{Layer, Service, service_fn};
    ///
    /// # type Body = Empty<bytes::Bytes>;
    /// fn in_plain_text(rejection: GateRejection) -> Response<Full<bytes::Bytes>> {
    ///     let mut response = Response::new(Full::from(rejection.as_str()));
    ///     *response.status_mut() = rejection.status();
    ///     response
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let handler = service_fn(|_: Request<Body>| async {
    /// #     Ok::<_, std::convert::Infallible>(Response::new(Body::new()))
    /// # });
    /// let layer = GateLayer::new(&Gate::in_memory(), &SseRoute::new("/feed")?);
    /// let mut service = layer.on_refusal(in_plain_text).layer(handler);
    ///
    /// let response = service.call(Request::get("/other").body(Body::new())?).await?;
    /// assert_eq!(response.status(), StatusCode::NOT_FOUND);
    /// assert_eq!(response.into_body().collect().await?.to_bytes(), "route");
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_refusal(
        self,
        write: impl Fn(GateRejection) -> Response<Full<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.on_refusal = Arc::new(write))
    }

    fn with(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(Arc::make_mut(&mut self.config));
        self
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = GateService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let Config {
            gate,
            slots,
            resumable,
            ..
        } = &*self.config;
        let sessions = resumable.as_ref().map(|settings| &settings.sessions);
        gate.registry().add(slots, sessions);
        GateService::new(inner, Arc::clone(&self.config))
    }
}

impl fmt::Debug for GateLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateLayer")
            .field("route", &self.config.route)
            .finish_non_exhaustive()
    }
}
