//! [`ResponseFuture`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;
use pin_project::pin_project;
use sse_gate_core::{Grant, Refusal, Signal};
use tower_service::Service;

use super::layer::Config;
use super::redemption::Redemption;
use super::{Rejection, ResponseBody};
use crate::slots::{Reservation, Slot};
use crate::stream_guard::StreamGuard;
use crate::{Granted, headers};

/// The response of a [`GateService`](super::GateService) to come.
#[pin_project]
pub struct ResponseFuture<S, ReqBody>
where
    S: Service<Request<ReqBody>>,
{
    #[pin]
    state: State<S, ReqBody, S::Future>,
}

#[expect(
    clippy::large_enum_variant,
    reason = "a box would cost every request an allocation"
)]
#[pin_project(project = StateProj)]
enum State<S, ReqBody, F> {
    /// The answer needs no handler.
    Answered {
        response: Option<Response<Full<Bytes>>>,
    },
    /// The request is not of the gate's route.
    Passed {
        #[pin]
        handling: F,
    },
    /// The store is being asked.
    Redeeming {
        #[pin]
        redemption: Redemption,
        next: Option<Next<S, ReqBody>>,
    },
    /// The grant is given, and the handler at work.
    Granted {
        #[pin]
        handling: F,
        guard: Option<StreamGuard>,
    },
}

/// What comes after the redemption.
struct Next<S, ReqBody> {
    inner: S,
    request: Request<ReqBody>,
    reservation: Reservation,
    config: Arc<Config>,
}

impl<S, ReqBody> ResponseFuture<S, ReqBody>
where
    S: Service<Request<ReqBody>>,
{
    pub(super) fn pass(handling: S::Future) -> Self {
        Self {
            state: State::Passed { handling },
        }
    }

    pub(super) fn refuse(response: Response<Full<Bytes>>) -> Self {
        Self {
            state: State::Answered {
                response: Some(response),
            },
        }
    }

    pub(super) fn options() -> Self {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, OPTIONS"));
        response
            .headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self::refuse(response)
    }

    pub(super) fn redeem(
        redemption: Redemption,
        reservation: Reservation,
        inner: S,
        request: Request<ReqBody>,
        config: Arc<Config>,
    ) -> Self {
        let next = Some(Next {
            inner,
            request,
            reservation,
            config,
        });
        Self {
            state: State::Redeeming { redemption, next },
        }
    }
}

impl<S, ReqBody> Next<S, ReqBody>
where
    S: Service<Request<ReqBody>>,
{
    /// Hands the request on with its grant, or refuses it.
    fn go_on(self, redeemed: Result<Grant, Refusal>) -> State<S, ReqBody, S::Future> {
        let Self {
            mut inner,
            mut request,
            reservation,
            config,
        } = self;
        match admit(redeemed, reservation) {
            Ok((grant, slot)) => {
                let guard = StreamGuard::new(config.gate.clone(), slot, &grant);
                request
                    .extensions_mut()
                    .insert(Granted::new(grant, guard.time_left()));
                State::Granted {
                    handling: inner.call(request),
                    guard: Some(guard),
                }
            }
            Err(rejection) => {
                if rejection == Rejection::SubjectCapacity {
                    config.gate.observe(Signal::TurnedAway {
                        check: rejection.as_str(),
                    });
                }
                State::Answered {
                    response: Some((config.on_refusal)(rejection)),
                }
            }
        }
    }
}

/// The last two checks: the token was good, and its subject may have another stream.
fn admit(
    redeemed: Result<Grant, Refusal>,
    reservation: Reservation,
) -> Result<(Grant, Slot), Rejection> {
    let grant = redeemed.map_err(|refusal| {
        if refusal.is_unavailable() {
            Rejection::Unavailable
        } else {
            Rejection::BadToken
        }
    })?;
    let slot = reservation
        .claim(grant.subject())
        .ok_or(Rejection::SubjectCapacity)?;
    Ok((grant, slot))
}

impl<S, ReqBody, ResBody> Future for ResponseFuture<S, ReqBody>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Body<Data = Bytes>,
{
    type Output = Result<Response<ResponseBody<ResBody>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        const POLLED_AGAIN: &str = "a response future is polled until it is ready";
        let mut state = self.project().state;
        loop {
            match state.as_mut().project() {
                StateProj::Answered { response } => {
                    let response = response.take().expect(POLLED_AGAIN);
                    return Poll::Ready(Ok(response.map(ResponseBody::own)));
                }
                StateProj::Passed { handling } => {
                    return handling
                        .poll(cx)
                        .map_ok(|response| response.map(ResponseBody::pass));
                }
                StateProj::Redeeming { redemption, next } => {
                    let redeemed = ready!(redemption.poll(cx));
                    let next = next.take().expect(POLLED_AGAIN);
                    state.set(next.go_on(redeemed));
                }
                StateProj::Granted { handling, guard } => {
                    let mut response = ready!(handling.poll(cx))?;
                    let guard = guard.take().expect(POLLED_AGAIN);
                    headers::protect(response.headers_mut());
                    return Poll::Ready(Ok(response.map(|body| ResponseBody::stream(body, guard))));
                }
            }
        }
    }
}

impl<S, ReqBody> fmt::Debug for ResponseFuture<S, ReqBody>
where
    S: Service<Request<ReqBody>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
