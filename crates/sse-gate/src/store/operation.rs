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
/// The operation begins at the first poll. After that it runs to its end: if it is dropped or out of time,
/// the rest runs in a task of its own. If it is dropped before the first poll, or if the store must not be
/// asked, nothing happens at the store.
#[pin_project(PinnedDrop)]
pub(crate) struct Operation<F>
where
    F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
{
    question: Option<F>,
    access: StoreAccess,
    only_reads: bool,
    /// The permission to ask, from the first poll on.
    pass: Option<Pass>,
    /// Runs from when the store was first found pending.
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

    /// Notes that the operation only reads. Its success does not show that the store can write.
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

/// Runs the rest of a question to its end without its client. Outside of a runtime it is dropped. A store
/// must tolerate that: [`TokenStore`](sse_gate_core::TokenStore) says how.
///
/// It is also dropped after 30 s, or if the store answers others again and does not answer this question
/// within another budget. The store has probably lost the question then.
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
