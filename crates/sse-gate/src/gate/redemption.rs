//! One redemption of a token, from the store's question to its answer: [`Redemption`].

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project::{pin_project, pinned_drop};
use sse_gate_core::{Gate, Grant, Presented, Refusal, SharedStore, TakeFuture};

use crate::store::{Operation, StoreAccess};

/// Asks the store for the grant of a token, and to the end.
#[pin_project(PinnedDrop)]
pub(super) struct Redemption {
    #[pin]
    take: Operation<TakeFuture>,
    presented: Option<Presented>,
}

impl Redemption {
    pub(super) fn new(
        gate: &Gate<SharedStore>,
        presented: Presented,
        access: &StoreAccess,
    ) -> Self {
        Self {
            take: access.ask(gate.take(&presented)),
            presented: Some(presented),
        }
    }
}

impl Future for Redemption {
    type Output = Result<Grant, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.take.poll(cx));
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
