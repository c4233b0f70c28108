//! One operation at a store: [`Operation`].

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project::{pin_project, pinned_drop};
use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep, sleep, timeout, timeout_at};

use super::StoreAccess;
use super::answer::{StoreAnswer, Unanswered};
use super::guard::Pass;

/// How long an operation may run on without its client.
const MAX_LATE: Duration = Duration::from_secs(30);

/// A question to a store, within a budget of time.
///
/// Once begun, the operation runs to its end even if its client is gone: dropped halfway, or out of
/// time, the rest goes on in a task of its own. Before the first poll, dropping it does nothing
/// at all. Neither does polling it when the store is not to be asked.
#[pin_project(PinnedDrop)]
pub(crate) struct Operation<F>
where
    F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
{
    question: Option<F>,
    access: StoreAccess,
    only_reads: bool,
    /// Since the store was asked.
    pass: Option<Pass>,
    /// Runs from when the store was first found waiting.
    #[pin]
    patience: Option<Sleep>,
}

impl<F> Operation<F>
where
    F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
{
    pub(super) fn new(question: F, access: StoreAccess) -> Self {
        Self {
            question: Some(question),
            access,
            only_reads: false,
            pass: None,
            patience: None,
        }
    }

    /// Says that the operation changes nothing at the store, so that its success says nothing of
    /// those that do.
    pub(super) fn only_reading(mut self) -> Self {
        self.only_reads = true;
        self
    }
}

impl<F> Future for Operation<F>
where
    F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let question = this
            .question
            .as_mut()
            .expect("an operation is polled until it is answered");
        if this.pass.is_none() {
            match this.access.guard.admit(*this.only_reads) {
                Ok(pass) => *this.pass = Some(pass),
                Err(why) => {
                    *this.question = None;
                    return Poll::Ready(F::Output::none(why));
                }
            }
        }
        if let Poll::Ready(answer) = Pin::new(question).poll(cx) {
            *this.question = None;
            if let Some(mut pass) = this.pass.take() {
                pass.settle(answer.is_failure());
            }
            return Poll::Ready(answer);
        }
        if this.patience.is_none() {
            this.patience.set(Some(sleep(this.access.budget)));
        }
        let patience = this.patience.as_mut().as_pin_mut();
        ready!(patience.expect("it was just set").poll(cx));
        if let (Some(question), Some(mut pass)) = (this.question.take(), this.pass.take()) {
            pass.settle(true);
            run_on(question, pass, Instant::now(), this.access.budget);
        }
        Poll::Ready(F::Output::none(Unanswered::Late))
    }
}

/// Runs what is left of a question to its end without its client. Outside a runtime it is
/// dropped, which a store must bear: [`TokenStore`](sse_gate_core::TokenStore) says how.
///
/// It is dropped, too, if it takes absurdly long, or if the store has meanwhile answered others
/// and has no answer to this within another budget: it will have lost the question then.
fn run_on<F>(mut question: F, mut pass: Pass, deadline: Instant, budget: Duration)
where
    F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
{
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    runtime.spawn(async move {
        let mut recovery = pin!(pass.recovery());
        if let Ok(answer) = timeout_at(deadline, &mut question).await {
            pass.settle(answer.is_failure());
            return;
        }
        pass.settle(true);
        let late = async {
            let answered = std::future::poll_fn(|cx| match Pin::new(&mut question).poll(cx) {
                Poll::Ready(answer) => {
                    pass.settle(answer.is_failure());
                    Poll::Ready(true)
                }
                Poll::Pending => recovery.as_mut().poll(cx).map(|()| false),
            });
            if !answered.await {
                let _ = timeout(budget, &mut question).await;
            }
        };
        let _ = timeout(MAX_LATE, late).await;
    });
}

#[pinned_drop]
impl<F> PinnedDrop for Operation<F>
where
    F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
{
    fn drop(self: Pin<&mut Self>) {
        let this = self.project();
        if let (Some(question), Some(pass)) = (this.question.take(), this.pass.take()) {
            let budget = this.access.budget;
            let patience = this.patience.as_ref().as_pin_ref();
            let deadline = patience.map_or_else(Instant::now, |patience| patience.deadline());
            run_on(question, pass, deadline, budget);
        }
    }
}
