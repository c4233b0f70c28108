//! [`ResponseFuture`].

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use pin_project::pin_project;
use tower_service::Service;

use super::ResponseBody;
use super::next::{Next, Step};
use super::redemption::Redemption;
use super::session_door::SessionDoor;
use crate::headers;
use crate::resume::Resumable;
use crate::stream_guard::StreamGuard;

/// The response of a [`GateService`](super::GateService) to come.
#[pin_project]
pub struct ResponseFuture<S, ReqBody>
where
    S: Service<Request<ReqBody>>,
{
    #[pin]
    state: State<S, ReqBody, S::Future>,
}

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
    /// The sessions are being asked.
    Resuming {
        #[pin]
        door: SessionDoor,
        settings: Resumable,
        next: Option<Next<S, ReqBody>>,
    },
    /// The grant is given, and the handler at work.
    Granted {
        #[pin]
        handling: F,
        guard: Option<StreamGuard>,
    },
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

    pub(super) fn answer(response: Response<Full<Bytes>>) -> Self {
        Self {
            state: State::Answered {
                response: Some(response),
            },
        }
    }

    pub(super) fn redeem(redemption: Redemption, next: Next<S, ReqBody>) -> Self {
        let next = Some(next);
        Self {
            state: State::Redeeming { redemption, next },
        }
    }

    pub(super) fn resume(door: SessionDoor, settings: Resumable, next: Next<S, ReqBody>) -> Self {
        Self {
            state: State::resuming(door, settings, next),
        }
    }
}

impl<S, ReqBody> State<S, ReqBody, S::Future>
where
    S: Service<Request<ReqBody>>,
{
    fn resuming(door: SessionDoor, settings: Resumable, next: Next<S, ReqBody>) -> Self {
        Self::Resuming {
            door,
            settings,
            next: Some(next),
        }
    }
}

impl<S, ReqBody> From<Step<S, ReqBody>> for State<S, ReqBody, S::Future>
where
    S: Service<Request<ReqBody>>,
{
    fn from(step: Step<S, ReqBody>) -> Self {
        match step {
            Step::Handle(mut inner, request, guard) => Self::Granted {
                handling: inner.call(request),
                guard: Some(guard),
            },
            Step::Reopen(door, settings, next) => Self::resuming(door, settings, next),
            Step::Answer(response) => Self::Answered {
                response: Some(response),
            },
        }
    }
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
                    state.set(next.redeemed(redeemed).into());
                }
                StateProj::Resuming {
                    door,
                    settings,
                    next,
                } => {
                    let resumed = ready!(door.poll(cx));
                    let next = next.take().expect(POLLED_AGAIN);
                    let step = next.resumed(settings, resumed);
                    state.set(step.into());
                }
                StateProj::Granted { handling, guard } => {
                    let watch = guard.as_mut().expect(POLLED_AGAIN);
                    let mut response = ready!(watch.handling(|| handling.poll(cx)))?;
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
