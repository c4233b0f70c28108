//! Asks a store to the end: [`Insist`].

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project::{pin_project, pinned_drop};
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep};

/// A question to a store, within a budget of time: its answer, or `None` if it is late.
///
/// Once asked, the store is asked to the end even if nobody waits: dropped halfway, or out of
/// time, the rest goes on in a task of its own. Before the first poll, dropping it does nothing
/// at all.
#[pin_project(PinnedDrop)]
pub(crate) struct Insist<F>
where
    F: Future<Output: Send> + Send + Unpin + 'static,
{
    question: Option<F>,
    was_asked: bool,
    budget: Duration,
    /// Runs from when the store was first found waiting.
    #[pin]
    patience: Option<Sleep>,
}

impl<F> Insist<F>
where
    F: Future<Output: Send> + Send + Unpin + 'static,
{
    pub(crate) fn new(question: F, budget: Duration) -> Self {
        Self {
            question: Some(question),
            was_asked: false,
            budget,
            patience: None,
        }
    }

    /// Whether the store was asked and has not answered.
    pub(super) fn is_under_way(&self) -> bool {
        self.was_asked && self.question.is_some()
    }
}

impl<F> Future for Insist<F>
where
    F: Future<Output: Send> + Send + Unpin + 'static,
{
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let question = this
            .question
            .as_mut()
            .expect("a question is polled until it is answered");
        *this.was_asked = true;
        if let Poll::Ready(answer) = Pin::new(question).poll(cx) {
            *this.question = None;
            return Poll::Ready(Some(answer));
        }
        if this.patience.is_none() {
            this.patience.set(Some(sleep(*this.budget)));
        }
        let patience = this.patience.as_pin_mut().expect("it was just set");
        patience.poll(cx).map(|()| {
            finish(this.question.take());
            None
        })
    }
}

/// Runs what is left of a question to its end with nobody waiting. Outside a runtime it is
/// dropped, which a store must bear: [`TokenStore`](sse_gate_core::TokenStore) says how.
fn finish<F: Future<Output: Send> + Send + 'static>(question: Option<F>) {
    if let (Some(question), Ok(runtime)) = (question, Handle::try_current()) {
        runtime.spawn(question);
    }
}

#[pinned_drop]
impl<F> PinnedDrop for Insist<F>
where
    F: Future<Output: Send> + Send + Unpin + 'static,
{
    fn drop(self: Pin<&mut Self>) {
        let this = self.project();
        if *this.was_asked {
            finish(this.question.take());
        }
    }
}
