//! [`GateLayer`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, WWW_AUTHENTICATE};
use http::{HeaderValue, Response};
use http_body_util::Full;
use sse_gate_core::Signal;
use tower_layer::Layer;

use super::stopper::Stopper;
use super::{GateRejection, GateService, InvalidOrigin, origin};
use crate::mint::{Callers, Challenge, MintService};
use crate::resume::Resumable;
use crate::store::StoreAccess;
use crate::{Gate, SseRoute, StreamSlots};

/// Wraps the handler of a stream in [`GateService`]. See the [module](super).
#[derive(Clone)]
pub struct GateLayer {
    pub(super) config: Arc<Config>,
}

pub(super) type OnRefusal = dyn Fn(GateRejection) -> Response<Full<Bytes>> + Send + Sync;

/// What the services of one layer share.
#[derive(Clone)]
pub(super) struct Config {
    pub(super) gate: Gate,
    pub(super) route: SseRoute,
    pub(super) slots: StreamSlots,
    pub(super) allowed_origins: Option<Arc<[HeaderValue]>>,
    pub(super) passes_other_routes: bool,
    pub(super) ignores_authorization: bool,
    pub(super) takes_any_type: bool,
    pub(super) resumable: Option<Resumable>,
    pub(super) tokens: StoreAccess,
    pub(super) session_store: StoreAccess,
    /// Who may open a stream with a credential of its own.
    pub(super) callers: Option<Callers>,
    /// What a 401 asks for.
    pub(super) challenge: Challenge,
    pub(super) until: Option<Arc<Stopper>>,
    pub(super) on_refusal: Arc<OnRefusal>,
}

impl Config {
    /// The answer to a request that failed a check of the layer's. The observer is told which.
    pub(super) fn turn_away(&self, rejection: GateRejection) -> Response<Full<Bytes>> {
        let check = rejection.as_str();
        self.gate.observe(Signal::TurnedAway { check });
        self.refuse(rejection)
    }

    /// The answer to a request of which the observer knows already.
    pub(super) fn refuse(&self, rejection: GateRejection) -> Response<Full<Bytes>> {
        let mut response = (self.on_refusal)(rejection);
        let headers = response.headers_mut();
        if headers.contains_key(WWW_AUTHENTICATE)
            && let Some(challenge) = self.challenge.not_bearer()
        {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if rejection == GateRejection::Method && headers.contains_key(ALLOW) {
            headers.insert(ALLOW, HeaderValue::from_static(self.methods()));
        }
        response
    }

    /// The methods that open a stream.
    pub(super) fn methods(&self) -> &'static str {
        if self.callers.is_some() {
            "GET, POST, OPTIONS"
        } else {
            "GET, OPTIONS"
        }
    }
}

impl GateLayer {
    /// A layer that admits clients to the streams of `route` with the tokens of `gate`.
    pub fn new(gate: &Gate, route: impl Into<SseRoute>) -> Self {
        let config = Config {
            gate: gate.clone(),
            route: route.into(),
            slots: StreamSlots::default(),
            allowed_origins: None,
            passes_other_routes: false,
            ignores_authorization: false,
            takes_any_type: false,
            resumable: None,
            tokens: gate.token_access().clone(),
            session_store: gate.session_access().clone(),
            callers: None,
            challenge: Challenge::bearer(),
            until: None,
            on_refusal: Arc::new(GateRejection::to_response),
        };
        Self {
            config: Arc::new(config),
        }
    }

    /// Lets clients go on with a stream that was cut off, by the reconnects that browsers make by
    /// themselves: see [`mod@crate::resume`]. Takes [`Sessions`](crate::Sessions), or a
    /// [`Resumable`] with settings.
    ///
    /// Without it a route is strict: a token opens one connection, and that is all.
    pub fn resumable(self, settings: impl Into<Resumable>) -> Self {
        let settings = settings.into();
        self.with(|config| config.resumable = Some(settings))
    }

    /// The caps on open streams, to be shared by the layers of one service. By default each layer
    /// has its own, at [`StreamSlots`]' defaults.
    pub fn with_slots(self, slots: StreamSlots) -> Self {
        self.with(|config| config.slots = slots)
    }

    /// The origins whose pages may open streams, as their browsers write them:
    /// `https://app.example`. The service's own is one of them if its pages are served from
    /// another host name than they ask.
    ///
    /// Without this every origin may: a token is no cookie, a foreign page has none.
    pub fn with_allowed_origins<'o>(
        self,
        origins: impl IntoIterator<Item = &'o str>,
    ) -> Result<Self, InvalidOrigin> {
        let origins = origins.into_iter().map(origin::check);
        let origins = origins.collect::<Result<Arc<[_]>, _>>()?;
        Ok(self.with(|config| config.allowed_origins = Some(origins)))
    }

    /// Lets callers open the stream with the credential that they would get a token for: the bearer in
    /// `Authorization`, with GET or POST, and nothing in the URL. For `fetch`, SDKs and services, which
    /// can set a header.
    ///
    /// The mint's authenticator and authorizer are asked for each such request; the authorizer sees no
    /// body, as that of a POST is the handler's. On a [resumable](Self::resumable) route the caller goes
    /// on with the last id in `Last-Event-ID`, and its credential stands in for the token; or, with a
    /// number there or in the query parameter `after`, behind the event of that number. What it
    /// misses is said in `sse.open`.
    pub fn with_callers(self, mint: &MintService) -> Self {
        let (callers, challenge) = (mint.callers(), mint.challenge().clone());
        self.with(|config| (config.callers, config.challenge) = (Some(callers), challenge))
    }

    /// What a 401 asks for: `Bearer realm="sse"` by default.
    pub fn with_challenge(self, challenge: Challenge) -> Self {
        self.with(|config| config.challenge = challenge)
    }

    /// Ends all streams of the layer when `signal` is ready: at shutdown, say. It ends every body
    /// behind it, axum's `Sse` too, so that a graceful shutdown does not wait for streams.
    ///
    /// Clients of resumable streams are told when to come back. Layers that share
    /// [slots](Self::with_slots) stop together.
    pub fn until(self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        self.with(|config| config.until = Some(Arc::new(Stopper::new(signal))))
    }

    /// Passes requests of other routes on, untouched, instead of answering them with 404.
    ///
    /// For a layer that stands before routing, as it does around a warp filter or a bare hyper
    /// service. The handler must go by [`Granted`](crate::Granted) and by nothing else.
    pub fn in_front_of_router(self) -> Self {
        self.with(|config| config.passes_other_routes = true)
    }

    /// Does not look at `Authorization`, for a service behind a gateway that adds a credential of
    /// its own to every request.
    ///
    /// Without this a bearer token beside the stream's token is one credential too many, and the
    /// request is refused with 400 (RFC 6750 §2). A token in a cookie stays one too many.
    pub fn with_authorization_ignored(self) -> Self {
        self.with(|config| config.ignores_authorization = true)
    }

    /// Takes requests that accept any type, `*/*` or `text/*`, or have no `Accept` at all, as many
    /// programs do that are no browsers.
    ///
    /// Without this a request must name `text/event-stream`. Link previews and the like don't, so
    /// with it they may spend a token.
    pub fn with_any_accept(self) -> Self {
        self.with(|config| config.takes_any_type = true)
    }

    /// How long a store may take to answer, that of the tokens or that of the sessions, instead
    /// of what the gate's [`StorePolicy`](crate::StorePolicy) says. After that the request is
    /// refused with 503, and the token is spent or untouched.
    pub fn with_store_budget(self, budget: Duration) -> Self {
        self.with(|config| {
            for access in [&mut config.tokens, &mut config.session_store] {
                *access = access.clone().with_budget(budget);
            }
        })
    }

    /// The route.
    pub fn route(&self) -> &SseRoute {
        &self.config.route
    }

    /// Writes the refusals, instead of [`GateRejection::to_response`].
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
        gate.opened().add(slots, sessions);
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
