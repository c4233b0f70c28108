//! Adds streams to axum's router: [`RouterExt`].

use axum::Router;
use axum::routing::{MethodRouter, any_service};
use tower_layer::Layer;

use crate::admission::GateLayer;
use crate::mint::{Authenticator, Authorizer, MintService};
use crate::{Gate, SseRoute, StripTokenLayer};

/// Adds secure streams to a router of axum.
///
/// ```
/// use axum::{Router, routing::get};
/// use sse_gate::prelude::*;
///
/// # fn app() -> Result<Router, Box<dyn std::error::Error>> {
/// async fn events(granted: Granted) -> SseBody<impl futures_core::Stream<Item = Result<Event<'static>, axum::Error>>> {
///     let hello = Event::new().data(format!("hello, {}", granted.subject().as_str()));
///     SseBody::new(futures_util::stream::iter([Ok(hello)]))
/// }
///
/// async fn may_enter(request: MintRequest) -> Result<Permit, Denied> {
///     Ok(request.permit())
/// }
/// # async fn authenticate(_: http::request::Parts) -> Result<Identity, AuthError> { Err(AuthError::missing()) }
///
/// let gate = Gate::in_memory();
/// let feed = SseRoute::new("/rooms/{room}/events")?;
/// let app: Router = Router::new().sse(&gate, &feed, get(events), authenticate, may_enter);
/// # Ok(
/// app.strip_tokens([&feed])
/// # )
/// # }
/// ```
pub trait RouterExt<S>: Sized {
    /// Adds a stream, and the endpoint that issues its tokens: GET at the route's
    /// [pattern](SseRoute::pattern), and POST at its [mint path](SseRoute::mint_pattern).
    ///
    /// A token opens one connection. For streams that survive reconnects, and for all other settings, use
    /// [`sse_with`](Self::sse_with).
    ///
    /// # Panics
    ///
    /// There is another handler at one of the two paths, as for [`Router::route`].
    fn sse<A, C, Z>(
        self,
        gate: &Gate,
        route: &SseRoute,
        handler: MethodRouter<S>,
        authenticator: A,
        authorizer: Z,
    ) -> Self
    where
        A: Authenticator<Claims = C>,
        Z: Authorizer<C>,
    {
        let mint = MintService::new(gate, route, authenticator, authorizer);
        let layer = GateLayer::new(gate, route).with_challenge(mint.challenge().clone());
        self.sse_with(layer, mint, handler)
    }

    /// The same with a layer and a mint that you have set up.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use sse_gate::prelude::*;
    ///
    /// # fn app() -> Result<Router, Box<dyn std::error::Error>> {
    /// # async fn authenticate(_: http::request::Parts) -> Result<Identity, AuthError> { Err(AuthError::missing()) }
    /// # async fn may_ask(request: MintRequest) -> Result<Permit, Denied> { Ok(request.permit()) }
    /// # async fn answer(_: ResumableStream) {}
    /// let (gate, route) = (Gate::in_memory(), SseRoute::new("/answers/{id}")?);
    /// let layer = GateLayer::new(&gate, &route).resumable(&gate.new_sessions()?);
    /// let mint = MintService::new(&gate, &route, authenticate, may_ask).with_max_body(4096);
    /// let app = Router::new().sse_with(layer, mint, get(answer));
    /// # Ok(app)
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// As [`sse`](Self::sse). Or the layer and the mint have different routes.
    fn sse_with(self, layer: GateLayer, mint: MintService, handler: MethodRouter<S>) -> Self;

    /// Takes tokens out of URIs before anything else sees them: see [`StripTokenLayer`]. Call it last, on
    /// the whole router, with all routes, and after [`with_state`](Router::with_state).
    ///
    /// It wraps the router in another one. Layers that you add to the result are outside, so they see the
    /// tokens.
    fn strip_tokens<R: Into<SseRoute>>(self, routes: impl IntoIterator<Item = R>) -> Router
    where
        Self: StatelessRouter,
    {
        let inner: Router = self.into();
        Router::new().fallback_service(StripTokenLayer::new(routes).layer(inner))
    }
}

/// A router whose handlers have their state, so it can be served: `Router<()>`.
#[diagnostic::on_unimplemented(
    message = "the handlers of this router still need a state",
    label = "`{Self}` can't be served yet",
    note = "call `with_state` before `strip_tokens`"
)]
pub trait StatelessRouter: Into<Router> {}

impl StatelessRouter for Router {}

impl<S> RouterExt<S> for Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    fn sse_with(self, layer: GateLayer, mint: MintService, handler: MethodRouter<S>) -> Self {
        let route = layer.route().clone();
        assert!(
            route == *mint.route(),
            "the layer is for {route:?}, and the mint for {:?}",
            mint.route()
        );
        self.route(route.pattern(), handler.layer(layer))
            .route(route.mint_pattern(), any_service(mint))
    }
}
