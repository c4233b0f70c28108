//! [`StripTokenLayer`].

use std::sync::Arc;

use tower_layer::Layer;

use super::StripToken;
use crate::SseRoute;

/// Wraps a service in [`StripToken`]. See the [module](super).
#[derive(Clone, Debug)]
pub struct StripTokenLayer {
    routes: Arc<[SseRoute]>,
}

impl StripTokenLayer {
    /// A layer for the requests of these routes: for streams, and for tokens.
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
