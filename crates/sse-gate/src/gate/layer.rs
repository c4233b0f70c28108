//! [`GateLayer`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Response};
use http_body_util::Full;
use sse_gate_core::{Gate, SharedStore, Signal, StoreRole, TokenStore};
use tower_layer::Layer;

use super::{GateService, InvalidOrigin, Rejection, origin};
use crate::resume::Resumable;
use crate::store::{StoreAccess, store_access};
use crate::{StreamRoute, StreamSlots};

/// Wraps the handler of a stream in [`GateService`]. See the [module](super).
#[derive(Clone)]
pub struct GateLayer {
    pub(super) config: Arc<Config>,
}

pub(super) type OnRefusal = dyn Fn(Rejection) -> Response<Full<Bytes>> + Send + Sync;

/// What the services of one layer share.
#[derive(Clone)]
pub(super) struct Config {
    pub(super) gate: Gate<SharedStore>,
    pub(super) route: StreamRoute,
    pub(super) slots: StreamSlots,
    pub(super) allowed_origins: Option<Arc<[HeaderValue]>>,
    pub(super) passes_other_routes: bool,
    pub(super) ignores_authorization: bool,
    pub(super) takes_any_type: bool,
    pub(super) resumable: Option<Resumable>,
    pub(super) tokens: StoreAccess,
    pub(super) session_store: StoreAccess,
    pub(super) on_refusal: Arc<OnRefusal>,
}

impl Config {
    /// The answer to a request that failed a check of ours. The observer is told which.
    pub(super) fn turn_away(&self, rejection: Rejection) -> Response<Full<Bytes>> {
        let check = rejection.as_str();
        self.gate.observe(Signal::TurnedAway { check });
        (self.on_refusal)(rejection)
    }
}

impl GateLayer {
    /// A layer that admits to `route` whom `gate` has issued a token for it.
    pub fn new<S: TokenStore + Clone>(gate: &Gate<S>, route: StreamRoute) -> Self {
        let config = Config {
            gate: gate.erased(),
            route,
            slots: StreamSlots::default(),
            allowed_origins: None,
            passes_other_routes: false,
            ignores_authorization: false,
            takes_any_type: false,
            resumable: None,
            tokens: store_access(gate, StoreRole::Tokens),
            session_store: store_access(gate, StoreRole::Sessions),
            on_refusal: Arc::new(Rejection::to_response),
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

    /// Writes the refusals, instead of [`Rejection::to_response`].
    pub fn on_refusal(
        self,
        write: impl Fn(Rejection) -> Response<Full<Bytes>> + Send + Sync + 'static,
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
