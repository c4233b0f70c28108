//! The future of a response: [`ResponseFuture`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::{Request, Response};
use http_body::Body;
use hyper::upgrade::OnUpgrade;
use pin_project::pin_project;
use tower_service::Service;

use super::admit::{Admitted, Answer, Refused};
use super::config::Config;
use super::content::ContentProbe;
use super::guard::StreamGuard;
use super::{GateRejection, ResponseBody};
use crate::headers;

/// The future of a [`GateService`](super::GateService)'s response.
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
    Answered { response: Option<Answer> },
    /// The request belongs to another route.
    Passed {
        #[pin]
        handling: F,
    },
    /// The request is checked for content, and then the stores are asked.
    Admitting {
        config: Arc<Config>,
        /// The body is polled with the future, and not earlier: a server can't read any content before
        /// that.
        #[pin]
        probe: Option<ContentProbe>,
        admission: Admission,
        next: Option<(S, Request<ReqBody>)>,
    },
    /// The stream is open, and the handler runs.
    Handling {
        #[pin]
        handling: F,
        guard: Option<StreamGuard>,
    },
}

/// It is boxed because the type of an async function has no name.
type Admission = BoxFuture<'static, Result<Admitted, Refused>>;

impl<S, ReqBody> ResponseFuture<S, ReqBody>
where
    S: Service<Request<ReqBody>>,
{
    pub(super) fn pass(handling: S::Future) -> Self {
        Self {
            state: State::Passed { handling },
        }
    }

    pub(super) fn answer(response: Answer) -> Self {
        Self {
            state: State::answered(response),
        }
    }

    pub(super) fn admit(
        config: Arc<Config>,
        admission: Admission,
        probes_content: bool,
        inner: S,
        request: Request<ReqBody>,
    ) -> Self {
        Self {
            state: State::Admitting {
                config,
                probe: probes_content.then(ContentProbe::default),
                admission,
                next: Some((inner, request)),
            },
        }
    }
}

impl<S, ReqBody, F> State<S, ReqBody, F> {
    fn answered(response: Answer) -> Self {
        Self::Answered {
            response: Some(response),
        }
    }
}

/// Calls the handler with the grant, and with the stream if the route is resumable.
fn handle<S, ReqBody>(
    mut inner: S,
    mut request: Request<ReqBody>,
    admitted: Admitted,
) -> State<S, ReqBody, S::Future>
where
    S: Service<Request<ReqBody>>,
{
    let extensions = request.extensions_mut();
    // A connection that the handler takes over would have no deadline and no slot, and would not end
    // when its subject is revoked.
    extensions.remove::<OnUpgrade>();
    extensions.insert(admitted.granted);
    if let Some(stream) = admitted.stream {
        extensions.insert(stream);
    }
    State::Handling {
        handling: inner.call(request),
        guard: Some(admitted.guard),
    }
}

const POLLED_AGAIN: &str = "a response future is polled until it is ready";

impl<S, ReqBody, ResBody> Future for ResponseFuture<S, ReqBody>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ReqBody: Body + 'static,
    ResBody: Body<Data = Bytes>,
{
    type Output = Result<Response<ResponseBody<ResBody>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            match state.as_mut().project() {
                StateProj::Answered { response } => {
                    let response = response.take().expect(POLLED_AGAIN);
                    return Poll::Ready(Ok(response.map(ResponseBody::own)));
                }
                StateProj::Passed { handling } => {
                    let response = ready!(handling.poll(cx))?;
                    return Poll::Ready(Ok(response.map(ResponseBody::pass)));
                }
                StateProj::Admitting {
                    config,
                    mut probe,
                    admission,
                    next,
                } => {
                    if let Some(probing) = probe.as_mut().as_pin_mut() {
                        let (_, request) = next.as_mut().expect(POLLED_AGAIN);
                        if ready!(probing.poll(request, cx)) {
                            let answer = config.turn_away(GateRejection::Body);
                            state.set(State::answered(answer));
                            continue;
                        }
                        probe.set(None);
                    }
                    let admitted = ready!(admission.as_mut().poll(cx));
                    let (inner, request) = next.take().expect(POLLED_AGAIN);
                    state.set(match admitted {
                        Ok(admitted) => handle(inner, request, admitted),
                        Err(answer) => State::answered(*answer),
                    });
                }
                StateProj::Handling { handling, guard } => {
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
