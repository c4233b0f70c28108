//! The second door of a resumable route: [`SessionDoor`].

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project::pin_project;
use sse_gate_core::TokenKey;
use sse_gate_resume::{Binding, NotResumed, Resumed, Sessions};
use zeroize::Zeroizing;

use crate::StreamSlots;
use crate::slots::Claim;
use crate::store::{Operation, StoreAccess};

/// A session that goes on, and its connection among those of its subject. One that is opened once
/// more is not counted yet.
pub(super) type Admitted = (Resumed, Option<Claim>);

type Answer = Pin<Box<dyn Future<Output = Result<Admitted, NotResumed>> + Send>>;

/// Asks for the session that a request wants to go on with, and to the end: if the client goes
/// meanwhile, the session knows that its connection is gone.
#[pin_project]
pub(super) struct SessionDoor {
    #[pin]
    question: Operation<Answer>,
}

impl SessionDoor {
    /// Goes on with a resume id, and the key of the token in the URL, if there is a place.
    pub(super) fn resume(
        sessions: &Sessions,
        id: Zeroizing<Box<str>>,
        token: TokenKey,
        slots: &StreamSlots,
        access: &StoreAccess,
    ) -> Self {
        let (sessions, slots) = (sessions.clone(), slots.clone());
        let answer = async move {
            let admit = |session, binding: &Binding| slots.claim_again(&binding.subject, session);
            let (resumed, claim) = sessions.resume_if(&id, token, admit).await?;
            Ok((resumed, Some(claim)))
        };
        Self::ask(Box::pin(answer), access)
    }

    /// Opens the session of a token once more, whose first answer may be lost.
    pub(super) fn reopen(
        sessions: &Sessions,
        token: TokenKey,
        grace: Duration,
        access: &StoreAccess,
    ) -> Self {
        let sessions = sessions.clone();
        let answer = async move { Ok((sessions.reopen(token, grace).await?, None)) };
        Self::ask(Box::pin(answer), access)
    }

    fn ask(answer: Answer, access: &StoreAccess) -> Self {
        Self {
            question: access.ask(answer),
        }
    }
}

impl Future for SessionDoor {
    type Output = Result<Admitted, NotResumed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().question.poll(cx)
    }
}
