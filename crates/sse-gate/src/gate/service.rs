//! [`GateService`].

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_service::Service;
use zeroize::Zeroizing;

use super::future::Question;
use super::layer::Config;
use super::next::{Admission, Next};
use super::{Rejection, ResponseBody, ResponseFuture, answer, checks, unstripped};
use crate::headers;
use crate::route::{ShownToken, StrippedToken, scrub};

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
    /// It needs no handler.
    Answer(Response<Full<Bytes>>),
    /// It shows a well-spelled token, and maybe a resume id.
    Ask(Question, Admission),
}

impl<S> GateService<S> {
    pub(super) fn new(inner: S, config: Arc<Config>) -> Self {
        Self { inner, config }
    }

    /// Runs the checks, in their order.
    fn judge(&self, parts: &mut Parts) -> Result<Verdict, Rejection> {
        let config = &*self.config;
        let lifted = self.lift(parts);
        if lifted.is_none() && config.passes_other_routes {
            return Ok(Verdict::NotOurs);
        }
        if parts.method == Method::OPTIONS {
            return Ok(Verdict::Answer(answer::options()));
        }
        checks::method(&parts.method)?;
        let lifted = lifted.ok_or(Rejection::Route)?;
        checks::head(parts, config.takes_any_type)?;
        if lifted.has_long_query() {
            return Err(Rejection::QueryTooLong);
        }
        if let Some(allowed) = &config.allowed_origins {
            checks::origin(parts, allowed)?;
        }
        let resumable = config.resumable.as_ref();
        let shown_id = resumable.and_then(|_| resume_id(&lifted));
        let Some(reservation) = config.slots.reserve() else {
            return match resumable.zip(shown_id) {
                // A refusal would stop the client for good.
                Some((settings, id)) => Ok(Verdict::Answer(answer::later(&settings.sessions, id))),
                None => Err(Rejection::Capacity),
            };
        };
        let token = only(lifted.token(config.ignores_authorization))?.ok_or(Rejection::NoToken)?;
        let presented = config.gate.present(token, lifted.resource());
        let presented = presented.map_err(|_| Rejection::BadToken)?;
        let admission = Admission {
            reservation,
            token: presented.key(),
            resume_id: shown_id.map(|id| Zeroizing::new(id.into())),
            has_many_ids: resumable.is_some() && lifted.resume_id().is_many(),
        };
        let question = match resumable.filter(|_| shown_id.is_some()) {
            Some(settings) => Question::ResumeId(settings.clone(), presented),
            None => Question::Token(presented),
        };
        Ok(Verdict::Ask(question, admission))
    }

    /// What the request is handed on with. The clone takes the place of the service that was
    /// polled ready.
    fn next<ReqBody>(&mut self, request: Request<ReqBody>, admission: Admission) -> Next<S, ReqBody>
    where
        S: Clone,
    {
        let clone = self.inner.clone();
        Next {
            inner: mem::replace(&mut self.inner, clone),
            request,
            config: Arc::clone(&self.config),
            admission,
        }
    }

    /// What the stripping layer has lifted out for this route, or is still to be lifted out.
    fn lift(&self, parts: &mut Parts) -> Option<StrippedToken> {
        let route = &self.config.route;
        if let Some(lifted) = parts.extensions.get::<StrippedToken>() {
            let is_ours = lifted.is_for(route, parts.uri.path());
            return is_ours.then(|| parts.extensions.remove()).flatten();
        }
        let lifted = route.lift(parts);
        if lifted.as_ref().is_some_and(StrippedToken::is_shown) {
            unstripped::tell(&self.config.gate, route);
        }
        if lifted.is_none() && route.fits(parts.uri.path()) {
            scrub(&mut parts.uri);
        }
        lifted
    }
}

/// The resume id that is shown. Of several, none is.
fn resume_id(lifted: &StrippedToken) -> Option<&str> {
    only(lifted.resume_id()).ok().flatten()
}

/// The one text that is shown, if any is. One that is too long is empty: it is refused by its
/// spelling, as every other text is.
fn only(shown: &ShownToken) -> Result<Option<&str>, Rejection> {
    match shown {
        ShownToken::None => Ok(None),
        ShownToken::One(text) => Ok(Some(text)),
        ShownToken::TooLong => Ok(Some("")),
        ShownToken::Many => Err(Rejection::ManyTokens),
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
        let request = Request::from_parts(parts, body);
        match verdict {
            Ok(Verdict::NotOurs) => ResponseFuture::pass(self.inner.call(request)),
            Ok(Verdict::Answer(response)) => answer(response),
            Ok(Verdict::Ask(question, admission)) => {
                ResponseFuture::ask(question, self.next(request, admission))
            }
            // The gate has told its observer of it.
            Err(Rejection::BadToken) => answer((self.config.on_refusal)(Rejection::BadToken)),
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
