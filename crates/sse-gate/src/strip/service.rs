//! [`StripToken`].

use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use http::request::Parts;
use tower_service::Service;

use super::ascii;
use crate::StreamRoute;
use crate::route::{Pattern, scrub};

/// Moves the token of a stream's request out of its URI. See the [module](super).
#[derive(Clone, Debug)]
pub struct StripToken<S> {
    pub(super) inner: S,
    pub(super) routes: Arc<[StreamRoute]>,
    pub(super) mints: Arc<[Pattern]>,
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
        ascii::encode(&mut parts.uri);
        self.strip(&mut parts);
        self.inner.call(Request::from_parts(parts, body))
    }
}

impl<S> StripToken<S> {
    fn strip(&self, parts: &mut Parts) {
        let mut routes = self.routes.iter();
        let lifted = routes.find_map(|route| route.lift(parts)).or_else(|| {
            let mut routes = self.routes.iter();
            routes.find_map(|route| route.lift_loosely(parts))
        });
        if let Some(lifted) = lifted {
            parts.extensions.insert(lifted);
            return;
        }
        let path = parts.uri.path();
        let is_ours = self.routes.iter().any(|route| route.fits(path))
            || self.mints.iter().any(|mint| mint.fits(path));
        if is_ours {
            scrub(&mut parts.uri);
        }
    }
}
