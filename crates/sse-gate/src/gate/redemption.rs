//! One redemption, from the store's question to its answer: [`Redemption`].

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project::{pin_project, pinned_drop};
use sse_gate_core::{Gate, Grant, Presented, Refusal, SharedStore, StoreError, TakeFuture};
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep};

/// Asks the store, within a budget of time.
///
/// The store is asked to the end even if nobody waits: dropped halfway, or out of time, the rest
/// goes on in a task of its own. Before the first poll, dropping it does nothing at all.
#[pin_project(PinnedDrop)]
pub(super) struct Redemption {
    question: Option<Question>,
    budget: Duration,
    /// Runs from when the store was first found waiting.
    #[pin]
    patience: Option<Sleep>,
}

struct Question {
    take: TakeFuture,
    presented: Presented,
    was_asked: bool,
}

impl Redemption {
    pub(super) fn new(gate: &Gate<SharedStore>, presented: Presented, budget: Duration) -> Self {
        let question = Question {
            take: gate.take(&presented),
            presented,
            was_asked: false,
        };
        Self {
            question: Some(question),
            budget,
            patience: None,
        }
    }
}

impl Future for Redemption {
    type Output = Result<Grant, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let question = this
            .question
            .as_mut()
            .expect("a redemption is polled until it is ready");
        question.was_asked = true;
        let (answer, is_late) = match Pin::new(&mut question.take).poll(cx) {
            Poll::Ready(answer) => (answer, false),
            Poll::Pending => {
                if this.patience.is_none() {
                    this.patience.set(Some(sleep(*this.budget)));
                }
                ready!(
                    this.patience
                        .as_pin_mut()
                        .expect("it was just set")
                        .poll(cx)
                );
                (
                    Err(StoreError::unavailable("store did not answer in time")),
                    true,
                )
            }
        };
        let Question {
            take, presented, ..
        } = this.question.take().expect("it was just there");
        if is_late {
            finish(take);
        }
        Poll::Ready(presented.settle(answer))
    }
}

/// Runs a take to its end with nobody waiting. Outside a runtime it is dropped, which a store
/// must bear: [`TokenStore`](sse_gate_core::TokenStore) says how.
fn finish(take: TakeFuture) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(take);
    }
}

#[pinned_drop]
impl PinnedDrop for Redemption {
    fn drop(self: Pin<&mut Self>) {
        if let Some(Question {
            take,
            presented,
            was_asked: true,
        }) = self.project().question.take()
        {
            finish(take);
            presented.abandon();
        }
    }
}
