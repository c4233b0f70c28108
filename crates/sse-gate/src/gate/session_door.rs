//! The second door of a resumable route: [`SessionDoor`].

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project::pin_project;
use sse_gate_core::TokenKey;
use sse_gate_resume::{NotResumed, Resumed, SessionError, Sessions};
use zeroize::Zeroizing;

use super::insist::Insist;

type Answer = Pin<Box<dyn Future<Output = Result<Resumed, NotResumed>> + Send>>;

/// Asks for the session that a request wants to go on with, and to the end: if the client goes
/// meanwhile, the session knows that its connection is gone.
#[pin_project]
pub(super) struct SessionDoor {
    #[pin]
    question: Insist<Answer>,
}

impl SessionDoor {
    /// Goes on with a resume id, and the key of the token in the URL.
    pub(super) fn resume(
        sessions: &Sessions,
        id: Zeroizing<Box<str>>,
        token: TokenKey,
        budget: Duration,
    ) -> Self {
        let sessions = sessions.clone();
        Self::ask(
            Box::pin(async move { sessions.resume(&id, token).await }),
            budget,
        )
    }

    /// Opens the session of a token once more, whose first answer may be lost.
    pub(super) fn reopen(
        sessions: &Sessions,
        token: TokenKey,
        grace: Duration,
        budget: Duration,
    ) -> Self {
        let sessions = sessions.clone();
        Self::ask(
            Box::pin(async move { sessions.reopen(token, grace).await }),
            budget,
        )
    }

    fn ask(answer: Answer, budget: Duration) -> Self {
        Self {
            question: Insist::new(answer, budget),
        }
    }
}

impl Future for SessionDoor {
    type Output = Result<Resumed, NotResumed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        const LATE: &str = "store did not answer in time";
        let late = || Err(NotResumed::Unavailable(SessionError::unavailable(LATE)));
        self.project()
            .question
            .poll(cx)
            .map(|answer| answer.unwrap_or_else(late))
    }
}
