//! The body of a response behind the layer: [`ResponseBody`].

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use pin_project::pin_project;
use tokio::time::Instant;

use super::guard::StreamGuard;

/// The body of a [`GateService`](super::GateService)'s response: the body of the handler, or a refusal.
///
/// The layer ends the handler's body early
///
/// - at the deadline of its grant;
/// - when its subject is [revoked](crate::Gate::revoke);
/// - when the signal of [`GateLayer::until`](super::GateLayer::until) is ready;
/// - when its slot was given to another stream: see [`StreamSlots`](crate::StreamSlots).
///
/// A [`ResumableBody`](crate::ResumableBody) gets the chance to write a last event before it ends.
/// Other bodies just end.
#[pin_project]
pub struct ResponseBody<B> {
    #[pin]
    state: State<B>,
}

#[pin_project(project = StateProj)]
enum State<B> {
    Own {
        #[pin]
        body: Full<Bytes>,
    },
    Passed {
        #[pin]
        body: B,
    },
    Stream {
        #[pin]
        body: B,
        #[pin]
        guard: StreamGuard,
    },
}

impl<B> ResponseBody<B> {
    pub(super) fn own(body: Full<Bytes>) -> Self {
        Self {
            state: State::Own { body },
        }
    }

    pub(super) fn pass(body: B) -> Self {
        Self {
            state: State::Passed { body },
        }
    }

    pub(super) fn stream(body: B, guard: StreamGuard) -> Self {
        guard.head_taken();
        Self {
            state: State::Stream { body, guard },
        }
    }
}

impl<B> Body for ResponseBody<B>
where
    B: Body<Data = Bytes>,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match self.project().state.project() {
            StateProj::Own { body } => body.poll_frame(cx).map_err(|never| match never {}),
            StateProj::Passed { body } => body.poll_frame(cx),
            StateProj::Stream { body, guard } => poll_stream(body, guard, cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.state {
            State::Own { body } => body.is_end_stream(),
            State::Passed { body } | State::Stream { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.state {
            State::Own { body } => body.size_hint(),
            State::Passed { body } => body.size_hint(),
            // It may end before the handler's body does.
            State::Stream { body, .. } if body.is_end_stream() => SizeHint::with_exact(0),
            State::Stream { .. } => SizeHint::default(),
        }
    }
}

/// The next frame of a handler's body, while the stream may continue.
fn poll_stream<B>(
    mut body: Pin<&mut B>,
    mut guard: Pin<&mut StreamGuard>,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Frame<Bytes>, B::Error>>>
where
    B: Body<Data = Bytes>,
{
    let frame = loop {
        // A body that has just given a frame has no other one most of the time. So the gate's clock is looked at only if it
        // has, and the runtime's after the poll: it may be long after that frame.
        let given_at = guard.frame_taken_at();
        let now = given_at.unwrap_or_else(Instant::now);
        if given_at.is_none() && !guard.may_poll(now) {
            break None;
        }
        let watched = guard.as_mut();
        let polled = watched.watch(now, cx, |cx| body.as_mut().poll_frame(cx));
        let now = given_at.map_or(now, |_| Instant::now());
        match polled {
            (Poll::Ready(frame), said) => {
                if given_at.is_some() && guard.is_late(now) && !said.last_word {
                    // It came too late. A resumable body has a last word.
                    continue;
                }
                // What the body wants at that time it may rely on, although it is not asked in between.
                let _ = said
                    .wake_at
                    .map(|at| guard.as_mut().poll_alarm(at, now, cx));
                break frame.filter(|_| guard.as_mut().may_send(now));
            }
            (Poll::Pending, _) if guard.as_mut().has_ended() => break None,
            (Poll::Pending, said) => ready!(guard.as_mut().poll_again(said.wake_at, now, cx)),
        }
    };
    match &frame {
        // A server does not poll a body again that says that it has ended.
        Some(Ok(_)) if body.is_end_stream() => guard.complete(),
        Some(Ok(_)) => {}
        Some(Err(_)) => guard.fail(),
        None => guard.complete(),
    }
    Poll::Ready(frame)
}

/// An empty body, for layers that answer without the handler.
impl<B> Default for ResponseBody<B> {
    fn default() -> Self {
        Self::own(Full::default())
    }
}

/// A whole body, so that a router needs no box for streams and other answers to be of one type.
impl<B> From<Full<Bytes>> for ResponseBody<B> {
    fn from(body: Full<Bytes>) -> Self {
        Self::own(body)
    }
}

impl<B> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}
