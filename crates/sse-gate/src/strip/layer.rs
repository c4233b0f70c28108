//! [`StripTokenLayer`].

use std::sync::Arc;

use tower_layer::Layer;

use super::StripToken;
use crate::StreamRoute;
use crate::route::{InvalidRoute, Pattern};

/// Wraps a service in [`StripToken`]. See the [module](super).
#[derive(Clone, Debug)]
pub struct StripTokenLayer {
    routes: Arc<[StreamRoute]>,
    mints: Arc<[Pattern]>,
}

impl StripTokenLayer {
    /// A layer for the requests of these routes.
    pub fn new(routes: impl IntoIterator<Item = StreamRoute>) -> Self {
        Self {
            routes: routes.into_iter().collect(),
            mints: Arc::default(),
        }
    }

    /// The patterns of the paths at which tokens are asked for, `/rooms/{room}/events-token` say.
    /// There no token has its place, so nothing is lifted out; what looks like a credential is
    /// blanked as on a stream's route.
    pub fn with_mints<'p>(
        mut self,
        patterns: impl IntoIterator<Item = &'p str>,
    ) -> Result<Self, InvalidRoute> {
        let patterns = patterns.into_iter().map(Pattern::new);
        self.mints = patterns.collect::<Result<_, _>>()?;
        Ok(self)
    }
}

impl<S> Layer<S> for StripTokenLayer {
    type Service = StripToken<S>;

    fn layer(&self, inner: S) -> Self::Service {
        StripToken {
            inner,
            routes: Arc::clone(&self.routes),
            mints: Arc::clone(&self.mints),
        }
    }
}
