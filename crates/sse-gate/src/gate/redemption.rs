//! One redemption of a token, from the store's question to its answer: [`Redemption`].

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project::{pin_project, pinned_drop};
use sse_gate_core::{Gate, Grant, Presented, Refusal, SharedStore, StoreError, TakeFuture};

use super::insist::Insist;

/// Asks the store for the grant of a token, and to the end.
#[pin_project(PinnedDrop)]
pub(super) struct Redemption {
    #[pin]
    take: Insist<TakeFuture>,
    presented: Option<Presented>,
}

impl Redemption {
    pub(super) fn new(gate: &Gate<SharedStore>, presented: Presented, budget: Duration) -> Self {
        Self {
            take: Insist::new(gate.take(&presented), budget),
            presented: Some(presented),
        }
    }
}

impl Future for Redemption {
    type Output = Result<Grant, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        const LATE: &str = "store did not answer in time";
        let this = self.project();
        let answer = ready!(this.take.poll(cx));
        let answer = answer.unwrap_or_else(|| Err(StoreError::unavailable(LATE)));
        let presented = this.presented.take();
        let presented = presented.expect("a redemption is polled until it is ready");
        Poll::Ready(presented.settle(answer))
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
