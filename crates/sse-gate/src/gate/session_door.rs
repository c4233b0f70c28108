//! The second door of a resumable route: [`SessionDoor`].

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project::pin_project;
use sse_gate_core::TokenKey;
use sse_gate_resume::{NotResumed, Resumed, Sessions};
use zeroize::Zeroizing;

use crate::store::{Operation, StoreAccess};

type Answer = Pin<Box<dyn Future<Output = Result<Resumed, NotResumed>> + Send>>;

/// Asks for the session that a request wants to go on with, and to the end: if the client goes
/// meanwhile, the session knows that its connection is gone.
#[pin_project]
pub(super) struct SessionDoor {
    #[pin]
    question: Operation<Answer>,
}

impl SessionDoor {
    /// Goes on with a resume id, and the key of the token in the URL.
    pub(super) fn resume(
        sessions: &Sessions,
        id: Zeroizing<Box<str>>,
        token: TokenKey,
        access: &StoreAccess,
    ) -> Self {
        let sessions = sessions.clone();
        Self::ask(
            Box::pin(async move { sessions.resume(&id, token).await }),
            access,
        )
    }

    /// Opens the session of a token once more, whose first answer may be lost.
    pub(super) fn reopen(
        sessions: &Sessions,
        token: TokenKey,
        grace: Duration,
        access: &StoreAccess,
    ) -> Self {
        let sessions = sessions.clone();
        Self::ask(
            Box::pin(async move { sessions.reopen(token, grace).await }),
            access,
        )
    }

    fn ask(answer: Answer, access: &StoreAccess) -> Self {
        Self {
            question: access.ask(answer),
        }
    }
}

impl Future for SessionDoor {
    type Output = Result<Resumed, NotResumed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().question.poll(cx)
    }
}
