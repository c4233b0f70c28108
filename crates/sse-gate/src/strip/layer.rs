//! [`StripTokenLayer`].

use std::sync::Arc;

use tower_layer::Layer;

use super::StripToken;
use crate::StreamRoute;

/// Wraps a service in [`StripToken`]. See the [module](super).
#[derive(Clone, Debug)]
pub struct StripTokenLayer {
    routes: Arc<[StreamRoute]>,
}

impl StripTokenLayer {
    /// A layer for the requests of these routes.
    pub fn new(routes: impl IntoIterator<Item = StreamRoute>) -> Self {
        Self {
            routes: routes.into_iter().collect(),
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
