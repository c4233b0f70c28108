//! [`StripToken`].

use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use tower_service::Service;

use crate::StreamRoute;

/// Moves the token of a stream's request out of its URI. See the [module](super).
#[derive(Clone, Debug)]
pub struct StripToken<S> {
    pub(super) inner: S,
    pub(super) routes: Arc<[StreamRoute]>,
}

impl<S, B> Service<Request<B>> for StripToken<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        if let Some(lifted) = self.routes.iter().find_map(|route| route.lift(&mut parts)) {
            parts.extensions.insert(lifted);
        }
        self.inner.call(Request::from_parts(parts, body))
    }
}
