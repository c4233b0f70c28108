//! The service that checks requests: [`GateService`].

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response};
use http_body::Body;
use tower_service::Service;
use zeroize::Zeroizing;

use super::admit::{Answer, admit};
use super::attempt::{Attempt, Credential};
use super::config::Config;
use super::{GateRejection, ResponseBody, ResponseFuture, answer, checks};
use crate::headers;
use crate::route::{Forms, Shown, StrippedToken, scrub};
use crate::slots::Reservation;

/// Redeems the token of a request before the handler sees the request. A
/// [`GateLayer`](super::GateLayer) makes it.
///
/// The inner service must be `Clone`: the handler is called only after the store has answered. It is
/// called with [`Granted`](crate::Granted) in the extensions of the request, and on resumable routes
/// with a [`ResumableStream`](crate::ResumableStream) too. The token is in neither.
#[derive(Clone)]
pub struct GateService<S> {
    inner: S,
    config: Arc<Config>,
}

/// What to do with a request.
enum Verdict {
    /// Pass it on: it belongs to another route.
    NotOurs,
    /// Answer it without the handler.
    Answer(Answer),
    /// Ask the stores whether it may open a stream.
    Admit(Attempt),
}

impl<S> GateService<S> {
    pub(super) fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }

    /// Runs the checks in order.
    fn judge(&self, parts: &mut Parts) -> Result<Verdict, GateRejection> {
        let config = &*self.config;
        let lifted = self.lift(parts);
        if lifted.is_none() && config.passes_other_routes {
            return Ok(Verdict::NotOurs);
        }
        if parts.method == Method::OPTIONS {
            return Ok(Verdict::Answer(answer::options(config.methods())));
        }
        // A POST without a token can only be a caller's. One without a credential gets 401 for it.
        let is_post = parts.method == Method::POST;
        let is_callers =
            |lifted: &StrippedToken| lifted.is_by_caller() || (is_post && !lifted.is_shown());
        let by_caller = config.callers.is_some() && lifted.as_ref().is_some_and(is_callers);
        checks::method(&parts.method, by_caller)?;
        let lifted = lifted.ok_or(GateRejection::Route)?;
        checks::head(parts, config.takes_any_type)?;
        if lifted.has_long_query() {
            return Err(GateRejection::QueryTooLong);
        }
        if let Some(allowed) = &config.allowed_origins {
            checks::origin(parts, allowed)?;
        }
        let resumable = config.resumable.as_ref();
        let resume_id = resumable.and_then(|_| resume_id(&lifted));
        let Some(reservation) = config.slots.reserve() else {
            return Ok(Verdict::Answer(config.full(resume_id)));
        };
        Ok(Verdict::Admit(Attempt {
            credential: self.credential(parts, &lifted, by_caller, reservation)?,
            resume_id: resume_id.map(|id| Zeroizing::new(id.into())),
            has_many_ids: resumable.is_some() && lifted.resume_id().is_many(),
        }))
    }

    /// The credential of the request. A token is checked for its spelling.
    fn credential(
        &self,
        parts: &Parts,
        lifted: &StrippedToken,
        by_caller: bool,
        reservation: Reservation,
    ) -> Result<Credential, GateRejection> {
        if by_caller {
            // The authenticator is never asked about a cookie alone: a browser adds it to the POST of
            // any page.
            if !lifted.is_by_caller() {
                return Err(GateRejection::NoToken);
            }
            return Ok(Credential::Caller {
                head: Box::new(parts.clone()),
                resource: lifted.resource().clone(),
            });
        }
        let token = only(lifted.token(self.config.ignores_authorization))?;
        let token = token.ok_or(GateRejection::NoToken)?;
        let begun = self.config.gate.begin(token, lifted.resource());
        Ok(Credential::Token {
            token: begun.map_err(|_| GateRejection::BadToken)?,
            reservation,
        })
    }

    /// The service that was polled ready. A clone takes its place.
    fn ready(&mut self) -> S
    where
        S: Clone,
    {
        let clone = self.inner.clone();
        mem::replace(&mut self.inner, clone)
    }

    /// The credentials that the stripping layer has taken out for this route. If there is no such
    /// layer, they are taken out now.
    fn lift(&self, parts: &mut Parts) -> Option<StrippedToken> {
        let route = &self.config.route;
        if let Some(lifted) = parts.extensions.get::<StrippedToken>() {
            let is_ours = lifted.is_for(route, parts.uri.path());
            return is_ours.then(|| parts.extensions.remove()).flatten();
        }
        let lifted = route.lift(parts);
        if lifted.as_ref().is_some_and(StrippedToken::is_shown) {
            self.config.gate.tell_unstripped(route);
        }
        if lifted.is_none() {
            let path = parts.uri.path();
            if route.fits(path, &Forms::of(path)) {
                scrub(&mut parts.uri);
            }
        }
        lifted
    }
}

/// The resume id of the request. Several ids are ignored.
fn resume_id(lifted: &StrippedToken) -> Option<&str> {
    only(lifted.resume_id()).ok().flatten()
}

/// The one text that is shown, if there is one. A text that is too long becomes an empty one, which is
/// refused for its spelling.
fn only(shown: &Shown) -> Result<Option<&str>, GateRejection> {
    match shown {
        Shown::None => Ok(None),
        Shown::One(text) => Ok(Some(text)),
        Shown::TooLong => Ok(Some("")),
        Shown::Many => Err(GateRejection::ManyTokens),
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for GateService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    ReqBody: Body + 'static,
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
        let verdict = self.judge(&mut parts);
        let is_head = parts.method == Method::HEAD;
        let answer = |response| {
            ResponseFuture::answer(if is_head {
                headers::without_content(response)
            } else {
                response
            })
        };
        let is_post = parts.method == Method::POST;
        let request = Request::from_parts(parts, body);
        match verdict {
            Ok(Verdict::NotOurs) => ResponseFuture::pass(self.inner.call(request)),
            Ok(Verdict::Answer(response)) => answer(response),
            Ok(Verdict::Admit(attempt)) => {
                let config = Arc::clone(&self.config);
                if let Some(until) = &config.until {
                    until.watch(&config.slots);
                }
                if let Some(settings) = &config.resumable {
                    settings.listen();
                }
                let admission = Box::pin(admit(Arc::clone(&config), attempt));
                // The content of a POST belongs to the handler.
                ResponseFuture::admit(config, admission, !is_post, self.ready(), request)
            }
            // The gate has told its observer already.
            Err(GateRejection::BadToken) => answer(self.config.refuse(GateRejection::BadToken)),
            Err(rejection) => answer(self.config.turn_away(rejection)),
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
