//! [`GateService`].

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response};
use http_body::Body;
use sse_gate_core::Signal;
use tower_service::Service;

use super::layer::Config;
use super::redemption::Redemption;
use super::{Rejection, ResponseBody, ResponseFuture, checks};
use crate::route::{Lifted, ShownToken};
use crate::slots::Reservation;

/// Redeems the token of a request before its handler sees it. See the [module](super).
#[derive(Clone)]
pub struct GateService<S> {
    inner: S,
    config: Arc<Config>,
}

/// What is to be done with a request.
enum Verdict {
    /// It is not of this route: it passes as it is.
    NotOurs,
    /// It asks for the methods.
    Options,
    /// It shows a well-spelled token.
    Redeem(Redemption, Reservation),
}

impl<S> GateService<S> {
    pub(super) fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }

    /// Runs the checks, in their order.
    fn judge(&self, parts: &mut Parts, body: &impl Body) -> Result<Verdict, Rejection> {
        let config = &*self.config;
        let lifted = self.lift(parts);
        if lifted.is_none() && config.passes_other_routes {
            return Ok(Verdict::NotOurs);
        }
        if parts.method == Method::OPTIONS {
            return Ok(Verdict::Options);
        }
        checks::method(&parts.method)?;
        let lifted = lifted.ok_or(Rejection::Route)?;
        checks::head(parts)?;
        checks::unannounced_body(parts.version, body)?;
        if let Some(allowed) = &config.allowed_origins {
            checks::origin(parts, allowed)?;
        }
        let reservation = config.slots.reserve().ok_or(Rejection::Capacity)?;
        let token = match lifted.token() {
            ShownToken::One(token) => token,
            ShownToken::None => return Err(Rejection::NoToken),
            ShownToken::Many => return Err(Rejection::ManyTokens),
            // Too long for a token: refused by its spelling, as every other text is.
            ShownToken::TooLong => "",
        };
        let presented = config.gate.present(token, lifted.resource());
        let presented = presented.map_err(|_| Rejection::BadToken)?;
        let redemption = Redemption::new(&config.gate, presented, config.store_budget);
        Ok(Verdict::Redeem(redemption, reservation))
    }

    /// What the stripping layer has lifted out for this route, or is still to be lifted out.
    fn lift(&self, parts: &mut Parts) -> Option<Lifted> {
        let route = &self.config.route;
        match parts.extensions.get::<Lifted>() {
            Some(lifted) if lifted.route() == route => parts.extensions.remove(),
            Some(_) => None,
            None => route.lift(parts),
        }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for GateService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    ReqBody: Body,
    ResBody: Body<Data = Bytes>,
{
    type Response = Response<ResponseBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S, ReqBody>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let verdict = self.judge(&mut parts, &body);
        let request = Request::from_parts(parts, body);
        match verdict {
            Ok(Verdict::NotOurs) => ResponseFuture::pass(self.inner.call(request)),
            Ok(Verdict::Options) => ResponseFuture::options(),
            Ok(Verdict::Redeem(redemption, reservation)) => {
                // The clone takes the place of the one that was polled ready.
                let clone = self.inner.clone();
                let ready = mem::replace(&mut self.inner, clone);
                let config = Arc::clone(&self.config);
                ResponseFuture::redeem(redemption, reservation, ready, request, config)
            }
            Err(rejection) => {
                if rejection != Rejection::BadToken {
                    self.config.gate.observe(Signal::TurnedAway {
                        check: rejection.as_str(),
                    });
                }
                ResponseFuture::refuse((self.config.on_refusal)(rejection))
            }
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for GateService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateService")
            .field("inner", &self.inner)
            .field("route", &self.config.route)
            .finish_non_exhaustive()
    }
}
