//! The service that issues tokens: [`MintService`].

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_service::Service;

use super::bodies::{Bodies, BodyLimits};
use super::decide::{Callers, Decide, Deciders};
use super::rejection::BoxError;
use super::settings::Settings;
use super::{Authenticator, Authorizer, Challenge, endpoint, read};
use crate::{Gate, SseRoute};

/// A tower service that answers requests for tokens, at the mint path of one route. See the
/// [module](super) for the answers. Clones share their counts of bodies.
///
/// It answers every other path with 404, so it can be the fallback of a router. With axum,
/// `RouterExt::sse` adds it for you.
///
/// ```
/// use std::time::Duration;
/// use http::request::Parts;
/// use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, MintService, Permit};
/// use sse_gate::{Gate, SseRoute};
///
/// async fn authenticate(parts: Parts) -> Result<Identity, AuthError> {
///     match Bearer::of(&parts.headers)?.as_str() {
///         "alices-key" => Ok(Identity::named("alice")?),
///         _ => Err(AuthError::invalid()),
///     }
/// }
///
/// async fn may_enter(request: MintRequest) -> Result<Permit, Denied> {
///     Ok(request.permit()) // or Err(Denied::Forbidden)
/// }
///
/// let (gate, route) = (Gate::in_memory(), SseRoute::new("/rooms/{room}/events")?);
/// let mint = MintService::new(&gate, &route, authenticate, may_enter)
///     .with_max_body(4 * 1024)
///     .with_body_time_limit(Duration::from_secs(3));
/// # let _ = mint;
/// # Ok::<(), sse_gate::InvalidRoute>(())
/// ```
#[derive(Clone)]
pub struct MintService {
    decider: Arc<dyn Decide>,
    settings: Arc<Settings>,
}

impl MintService {
    /// A service that issues tokens of `gate` for the streams of `route`, at the route's
    /// [mint path](SseRoute::mint_pattern).
    pub fn new<A, C, Z>(
        gate: &Gate,
        route: impl Into<SseRoute>,
        authenticator: A,
        authorizer: Z,
    ) -> Self
    where
        A: Authenticator<Claims = C>,
        Z: Authorizer<C>,
    {
        let challenge = authenticator.challenge();
        let decider = Deciders {
            authenticator,
            authorizer,
        };
        Self {
            decider: Arc::new(decider),
            settings: Arc::new(Settings::new(gate, route.into(), challenge)),
        }
    }

    /// The largest body that is read, in bytes: 128 KiB by default. A larger one is refused with 413.
    pub fn with_max_body(self, bytes: usize) -> Self {
        self.with(|settings| settings.max_body = bytes)
    }

    /// How long the whole body may take to arrive: 10 s by default, counted from when the caller is
    /// authenticated. After that the request is refused with 408.
    pub fn with_body_time_limit(self, limit: Duration) -> Self {
        self.with(|settings| settings.body_time_limit = limit)
    }

    /// How many bodies are read at once. See [`BodyLimits`].
    pub fn with_body_limits(self, limits: BodyLimits) -> Self {
        self.with(|settings| settings.bodies = Bodies::new(limits))
    }

    /// How long the store may take to answer. It replaces the budget of the gate's
    /// [`StorePolicy`](crate::StorePolicy), which is 250 ms by default. After that the request is
    /// refused with 503. The store is asked twice for each token.
    pub fn with_store_budget(self, budget: Duration) -> Self {
        self.with(|settings| settings.set_store_budget(budget))
    }

    /// The name of the response's member that has the token: `sse_token` by default. Change it if a
    /// client expects another name.
    pub fn with_token_member(self, member: &'static str) -> Self {
        self.with(|settings| settings.token_member = member)
    }

    /// Sets the `WWW-Authenticate` header of a 401. By default it is what the authenticator says.
    pub fn with_challenge(self, challenge: Challenge) -> Self {
        self.with(|settings| settings.challenge = challenge)
    }

    /// The route that this mint issues tokens for.
    pub fn route(&self) -> &SseRoute {
        &self.settings.route
    }

    pub(crate) fn challenge(&self) -> &Challenge {
        &self.settings.challenge
    }

    pub(crate) fn callers(&self) -> Callers {
        Callers {
            decider: Arc::clone(&self.decider),
            settings: Settings::clone(&self.settings),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }
}

impl<B> Service<Request<B>> for MintService
where
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = MintFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> MintFuture {
        let (decider, settings) = (Arc::clone(&self.decider), Arc::clone(&self.settings));
        let request = request.map(read::pending);
        MintFuture(Box::pin(async move {
            endpoint::answer(&*decider, request, &settings).await
        }))
    }
}

impl fmt::Debug for MintService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintService")
            .field("route", &self.settings.route)
            .field("max_body", &self.settings.max_body)
            .finish_non_exhaustive()
    }
}

/// The future of a [`MintService`]'s response.
///
/// It is boxed, because the futures of authenticators and authorizers have no names.
pub struct MintFuture(BoxFuture<'static, Response<Full<Bytes>>>);

impl Future for MintFuture {
    type Output = Result<Response<Full<Bytes>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx).map(Ok)
    }
}

impl fmt::Debug for MintFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintFuture").finish_non_exhaustive()
    }
}
