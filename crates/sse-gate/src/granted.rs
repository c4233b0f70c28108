//! What a handler finds in its request: [`Granted`].

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::Grant;

/// The grant of a request that passed the gate, in the request's extensions. Clones share it.
///
/// With the feature `axum` it is an extractor too. Without it, and in every other framework, ask
/// `request.extensions().get::<Granted>()`. There is one only if a
/// [`GateLayer`](crate::GateLayer) has admitted the request.
#[derive(Clone, Debug)]
pub struct Granted {
    grant: Arc<Grant>,
    time_left: Duration,
}

impl Granted {
    pub(crate) fn new(grant: Grant, time_left: Duration) -> Self {
        Self {
            grant: Arc::new(grant),
            time_left,
        }
    }

    /// How long the stream may last from when it was opened. The layer ends it then.
    pub fn time_left(&self) -> Duration {
        self.time_left
    }
}

impl Deref for Granted {
    type Target = Grant;

    fn deref(&self) -> &Grant {
        &self.grant
    }
}

#[cfg(feature = "axum")]
mod extractor {
    use axum_core::extract::FromRequestParts;
    use axum_core::response::{IntoResponse, Response};
    use http::StatusCode;
    use http::request::Parts;

    use super::Granted;
    use crate::problem::Problem;

    /// The request did not come through a [`GateLayer`](crate::GateLayer): the route has none.
    #[derive(Clone, Copy, Debug)]
    pub struct NotGranted;

    impl IntoResponse for NotGranted {
        fn into_response(self) -> Response {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The stream has no gate.")
                .into_response()
                .map(axum_core::body::Body::new)
        }
    }

    impl<S: Sync> FromRequestParts<S> for Granted {
        type Rejection = NotGranted;

        async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotGranted> {
            parts.extensions.get::<Granted>().cloned().ok_or(NotGranted)
        }
    }
}

#[cfg(feature = "axum")]
pub use extractor::NotGranted;
