//! [`ResponseFuture`].

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use pin_project::pin_project;
use sse_gate_core::Presented;
use tower_service::Service;

use super::content::Look;
use super::next::{Next, Step};
use super::redemption::Redemption;
use super::session_door::SessionDoor;
use super::{Rejection, ResponseBody};
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
    /// The body is looked at, whether it has content. Until the future is polled, a server may have
    /// had no chance to read any.
    Looking {
        #[pin]
        look: Look,
        question: Option<Question>,
        next: Option<Next<S, ReqBody>>,
    },
    /// The store is being asked.
    Redeeming {
        #[pin]
        redemption: Redemption,
        next: Option<Next<S, ReqBody>>,
    },
    /// The sessions are being asked. If they know nothing of the resume id, the token is asked for.
    Resuming {
        #[pin]
        door: SessionDoor,
        settings: Resumable,
        token: Option<Presented>,
        next: Option<Next<S, ReqBody>>,
    },
    /// The grant is given, and the handler at work.
    Granted {
        #[pin]
        handling: F,
        guard: Option<StreamGuard>,
    },
}

/// Who is to be asked about a request.
pub(super) enum Question {
    /// The store, about its token.
    Token(Presented),
    /// The sessions, about its resume id; and then the store, if they know nothing of it.
    ResumeId(Resumable, Presented),
    /// The sessions, about the one that its token may have opened within this time.
    Reopening(Resumable, Duration),
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

    pub(super) fn ask(question: Question, next: Next<S, ReqBody>) -> Self {
        Self {
            state: State::Looking {
                look: Look::default(),
                question: Some(question),
                next: Some(next),
            },
        }
    }
}

impl<S, ReqBody> State<S, ReqBody, S::Future>
where
    S: Service<Request<ReqBody>>,
{
    fn asking(question: Question, next: Next<S, ReqBody>) -> Self {
        let (door, settings, token) = match question {
            Question::Token(token) => {
                return Self::Redeeming {
                    redemption: next.redemption(token),
                    next: Some(next),
                };
            }
            Question::ResumeId(settings, token) => {
                let door = next.resuming(&settings, token.key());
                (door, settings, Some(token))
            }
            Question::Reopening(settings, grace) => {
                (next.reopening(&settings, grace), settings, None)
            }
        };
        Self::Resuming {
            door,
            settings,
            token,
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
            Step::Ask(question, next) => Self::asking(question, next),
            Step::Answer(response) => Self::Answered {
                response: Some(response),
            },
        }
    }
}

impl<S, ReqBody, ResBody> Future for ResponseFuture<S, ReqBody>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ReqBody: Body + 'static,
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
                StateProj::Looking {
                    look,
                    question,
                    next,
                } => {
                    let request = &mut next.as_mut().expect(POLLED_AGAIN).request;
                    let has_content = ready!(look.poll(request, cx));
                    let question = question.take().expect(POLLED_AGAIN);
                    let next = next.take().expect(POLLED_AGAIN);
                    state.set(if has_content {
                        next.turn_away(Rejection::Body).into()
                    } else {
                        State::asking(question, next)
                    });
                }
                StateProj::Redeeming { redemption, next } => {
                    let redeemed = ready!(redemption.poll(cx));
                    let next = next.take().expect(POLLED_AGAIN);
                    state.set(next.redeemed(redeemed).into());
                }
                StateProj::Resuming {
                    door,
                    settings,
                    token,
                    next,
                } => {
                    let resumed = ready!(door.poll(cx));
                    let next = next.take().expect(POLLED_AGAIN);
                    let step = next.resumed(settings, token.take(), resumed);
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
