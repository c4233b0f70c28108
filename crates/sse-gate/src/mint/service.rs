//! [`MintService`].

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use sse_gate_core::{Gate, TokenStore};
use tower_service::Service;

use super::bodies::{Bodies, BodyLimits};
use super::endpoint::{Endpoint, Settings};
use super::refusal::BoxError;
use super::{Authenticator, Authorizer};
use crate::StreamRoute;
use crate::route::{InvalidRoute, Pattern};

/// A tower service that answers requests for tokens. See the [module](super).
pub struct MintService<A, Z> {
    endpoint: Arc<Endpoint<A, Z>>,
    settings: Settings,
}

impl<A: Authenticator, Z: Authorizer> MintService<A, Z> {
    /// A service that issues tokens of `gate`'s.
    pub fn new<S: TokenStore + Clone>(gate: &Gate<S>, authenticator: A, authorizer: Z) -> Self {
        let endpoint = Endpoint {
            authenticator,
            authorizer,
        };
        Self {
            endpoint: Arc::new(endpoint),
            settings: Settings::new(gate.erased()),
        }
    }
}

impl<A, Z> MintService<A, Z> {
    /// The largest body that is read, in bytes; 128 KiB by default.
    pub fn with_max_body(mut self, bytes: usize) -> Self {
        self.settings.max_body = bytes;
        self
    }

    /// How long a body may take to arrive, from its first byte to its last: 10 s by default.
    /// After that the request is refused with 408.
    pub fn with_body_time_limit(mut self, limit: Duration) -> Self {
        self.settings.body_time_limit = limit;
        self
    }

    /// How many bodies may be under way. See [`BodyLimits`].
    pub fn with_body_limits(mut self, limits: BodyLimits) -> Self {
        self.settings.bodies = Bodies::new(limits);
        self
    }

    /// How long the store may take to answer, instead of what the gate's
    /// [`StorePolicy`](crate::StorePolicy) says. After that the request is refused with 503.
    pub fn with_store_budget(mut self, budget: Duration) -> Self {
        self.settings = self.settings.with_store_budget(budget);
        self
    }

    /// The name of the member of the response that is the token; `sse_token` by default.
    pub fn naming_token(mut self, member: &'static str) -> Self {
        self.settings.token_member = member;
        self
    }

    /// The pattern of its path, `/rooms/{room}/events-token` say, for the authorizer to have the
    /// [parameters](super::MintRequest::param) of. Every other path is answered with 404.
    ///
    /// It goes by the whole path, as the service sees it. If the [stream](Self::for_stream) is known,
    /// it must have the same parameters.
    pub fn at(mut self, pattern: &str) -> Result<Self, InvalidRoute> {
        self.settings.pattern = Some(Arc::new(Pattern::new(pattern)?));
        self.checked()
    }

    /// The route that its tokens open. The [pattern](Self::at) of its own path must have the same
    /// parameters, so that an authorizer finds what it needs:
    /// [`MintRequest::resource`](super::MintRequest::resource).
    ///
    /// Each of the two is checked when the other is there, so their order does not matter.
    pub fn for_stream(mut self, route: &StreamRoute) -> Result<Self, InvalidRoute> {
        self.settings.stream = Some(route.clone());
        self.checked()
    }

    fn checked(self) -> Result<Self, InvalidRoute> {
        let Settings {
            pattern, stream, ..
        } = &self.settings;
        if let Some((pattern, stream)) = pattern.as_ref().zip(stream.as_ref()) {
            stream.check_mint(pattern)?;
        }
        Ok(self)
    }
}

impl<A, Z, B> Service<Request<B>> for MintService<A, Z>
where
    A: Authenticator,
    Z: Authorizer,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = MintFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> MintFuture {
        let (endpoint, settings) = (Arc::clone(&self.endpoint), self.settings.clone());
        MintFuture(Box::pin(async move {
            endpoint.answer(request, &settings).await
        }))
    }
}

impl<A, Z> Clone for MintService<A, Z> {
    fn clone(&self) -> Self {
        Self {
            endpoint: Arc::clone(&self.endpoint),
            settings: self.settings.clone(),
        }
    }
}

impl<A, Z> fmt::Debug for MintService<A, Z> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintService")
            .field("max_body", &self.settings.max_body)
            .finish_non_exhaustive()
    }
}

/// The response of a [`MintService`] to come.
///
/// It is boxed: what an authenticator and an authorizer return has no name.
pub struct MintFuture(Pin<Box<dyn Future<Output = Response<Full<Bytes>>> + Send>>);

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
