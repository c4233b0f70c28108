//! The service that takes tokens out of requests: [`StripToken`].

use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use http::request::Parts;
use tower_service::Service;

use super::ascii;
use crate::SseRoute;
use crate::route::{Forms, PublicPath, StrippedToken, scrub};

/// Takes the token out of the requests of its routes. A [`StripTokenLayer`](super::StripTokenLayer) makes
/// it; see the [module](super).
#[derive(Clone, Debug)]
pub struct StripToken<S> {
    pub(super) inner: S,
    pub(super) routes: Arc<[SseRoute]>,
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
        #[cfg(feature = "axum")]
        hide_original(&mut parts);
        self.inner.call(Request::from_parts(parts, body))
    }
}

impl<S> StripToken<S> {
    fn strip(&self, parts: &mut Parts) {
        // The path as it is, for any of the routes, comes before a path that has to be guessed.
        let whole = self.lift(parts, SseRoute::lift_whole);
        let lifted = whole.or_else(|| {
            self.lift(parts, |route, parts| {
                route.is_nested().then(|| route.lift(parts)).flatten()
            })
        });
        if let Some(lifted) = lifted {
            parts.extensions.insert(lifted);
            return;
        }
        let forms = Forms::of(parts.uri.path());
        if let Some(lifted) = self.lift(parts, |route, parts| route.lift_loosely(parts, &forms)) {
            parts.extensions.insert(lifted);
            return;
        }
        let path = parts.uri.path();
        if !self.routes.iter().any(|route| route.fits(path, &forms)) {
            return;
        }
        let is_mint = self.routes.iter().any(|route| route.is_mint(path, &forms));
        scrub(&mut parts.uri);
        if is_mint {
            let path = PublicPath(parts.uri.path().into());
            parts.extensions.insert(path);
        }
    }

    /// What the first route takes out of the request that it belongs to.
    fn lift(
        &self,
        parts: &mut Parts,
        lift: impl Fn(&SseRoute, &mut Parts) -> Option<StrippedToken>,
    ) -> Option<StrippedToken> {
        self.routes.iter().find_map(|route| lift(route, parts))
    }
}

/// Replaces the URI that a router around this layer has kept.
#[cfg(feature = "axum")]
fn hide_original(parts: &mut Parts) {
    use axum::extract::OriginalUri;
    if parts.extensions.get::<OriginalUri>().is_some() {
        parts.extensions.insert(OriginalUri(parts.uri.clone()));
    }
}
