//! One redemption of a token, from the store's question to its answer: [`Redemption`].

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project::{pin_project, pinned_drop};
use sse_gate_core::{Gate, Grant, Presented, Refusal, SharedStore, StoreError, TakeFuture};
use sse_gate_resume::{Arrival, SessionError, Sessions};

use crate::store::{HasRead, Operation, StoreAccess};

/// Asks the store for the grant of a token, and to the end.
#[pin_project(PinnedDrop)]
pub(super) struct Redemption {
    /// What is asked of the sessions first, on a resumable route.
    #[pin]
    arriving: Option<Operation<Arriving>>,
    arrival: Option<Arrival>,
    /// Dropped with a token that is refused, so that the sessions can be read for another one.
    reader: Option<HasRead>,
    #[pin]
    take: Operation<TakeFuture>,
    presented: Option<Presented>,
}

type Arriving = Pin<Box<dyn Future<Output = Arrived> + Send>>;

type Arrived = Result<(Arrival, HasRead), SessionError>;

/// The grant of a token; on a resumable route, what was read before the token was taken.
pub(super) type Redeemed = (Grant, Option<Arrival>);

impl Redemption {
    pub(super) fn new(
        gate: &Gate<SharedStore>,
        presented: Presented,
        access: &StoreAccess,
    ) -> Self {
        Self {
            arriving: None,
            arrival: None,
            reader: None,
            take: access.ask(gate.take(&presented)),
            presented: Some(presented),
        }
    }

    /// Asks the sessions before the token is taken, so that a revocation from then on is noticed
    /// whenever the session is opened.
    pub(super) fn of_session(mut self, sessions: &Sessions, access: &StoreAccess) -> Self {
        let (sessions, asking) = (sessions.clone(), access.clone());
        let arriving: Arriving = Box::pin(async move {
            let arrival = sessions.arrival().await?;
            Ok((arrival, asking.has_read()))
        });
        self.arriving = Some(access.read(arriving));
        self
    }
}

impl Future for Redemption {
    type Output = Result<Redeemed, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        const POLLED_AGAIN: &str = "a redemption is polled until it is ready";
        let mut this = self.project();
        if let Some(arriving) = this.arriving.as_mut().as_pin_mut() {
            let arrived = ready!(arriving.poll(cx));
            this.arriving.set(None);
            match arrived {
                Ok((arrival, reader)) => {
                    *this.arrival = Some(arrival);
                    *this.reader = Some(reader);
                }
                Err(error) => {
                    // The token stays untouched.
                    let presented = this.presented.take().expect(POLLED_AGAIN);
                    let refused = presented.settle(Err(StoreError::unavailable(error)));
                    return Poll::Ready(refused.map(|grant| (grant, None)));
                }
            }
        }
        let answer = ready!(this.take.poll(cx));
        let presented = this.presented.take().expect(POLLED_AGAIN);
        let granted = presented.settle(answer);
        if granted.is_ok()
            && let Some(reader) = this.reader.take()
        {
            reader.goes_on();
        }
        Poll::Ready(granted.map(|grant| (grant, *this.arrival)))
    }
}

#[pinned_drop]
impl PinnedDrop for Redemption {
    fn drop(self: Pin<&mut Self>) {
        let this = self.project();
        if this.take.is_under_way()
            && let Some(presented) = this.presented.take()
        {
            presented.abandon();
        }
    }
}
