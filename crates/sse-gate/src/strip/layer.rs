//! The layer that takes tokens out of requests: [`StripTokenLayer`].

use std::sync::Arc;

use tower_layer::Layer;

use super::StripToken;
use crate::SseRoute;

/// A tower layer that takes tokens out of requests, before anything can log them. See the
/// [module](super) for what it changes. It wraps a service in [`StripToken`].
///
/// With axum, `RouterExt::strip_tokens` puts it around a whole router. `Router::layer` does not: it wraps
/// each route, and the router itself has seen the URI already.
///
/// ```
/// use http::Request;
/// use sse_gate::{Gate, GateLayer, SseRoute, StripTokenLayer};
/// use tower::{Layer, ServiceBuilder, service_fn};
///
/// # type Body = http_body_util::Empty<bytes::Bytes>;
/// let (gate, feed) = (Gate::in_memory(), SseRoute::new("/feed")?);
/// let handler = service_fn(|_: Request<Body>| async {
///     Ok::<_, std::convert::Infallible>(http::Response::new(Body::new()))
/// });
/// let service = ServiceBuilder::new()
///     .layer(StripTokenLayer::new([&feed])) // first, so that all others are inside
///     // .layer(TraceLayer::new_for_http())
///     .layer(GateLayer::new(&gate, &feed))
///     .service(handler);
/// # let _ = service;
/// # Ok::<(), sse_gate::InvalidRoute>(())
/// ```
#[derive(Clone, Debug)]
pub struct StripTokenLayer {
    routes: Arc<[SseRoute]>,
}

impl StripTokenLayer {
    /// A layer for the requests of these routes: for their streams, and for their tokens. Give it all
    /// routes of the service.
    pub fn new<R: Into<SseRoute>>(routes: impl IntoIterator<Item = R>) -> Self {
        Self {
            routes: routes.into_iter().map(Into::into).collect(),
        }
    }
}

impl<S> Layer<S> for StripTokenLayer {
    type Service = StripToken<S>;

    fn layer(&self, inner: S) -> Self::Service {
        StripToken {
            inner,
            routes: Arc::clone(&self.routes),
        }
    }
}
