//! Something to do for a thread, and the caller that waits for it: [`Job`].

use futures_channel::oneshot::Sender;

use super::Step;
use crate::fault::Fault;

/// What becomes of a job whose caller has gone away before it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenAbandoned {
    /// It is not done.
    Skip,
    /// It is done all the same.
    Run,
}

/// A closure and its caller, without their types.
pub(super) trait Job: Send {
    /// Whether it need not be done any more.
    fn is_abandoned(&self) -> bool;

    /// Does it. If it fails, what it has changed is to be undone. It may be done again after that.
    fn run(&mut self, step: &Step<'_>) -> Result<(), Fault>;

    /// Tells the caller how it went, or that the transaction has failed.
    fn answer(self: Box<Self>, committed: Result<(), Fault>);
}

struct WaitedFor<T, F> {
    work: F,
    done: Option<Result<T, Fault>>,
    when_abandoned: WhenAbandoned,
    caller: Sender<Result<T, Fault>>,
}

pub(super) fn new<T, F>(
    work: F,
    when_abandoned: WhenAbandoned,
    caller: Sender<Result<T, Fault>>,
) -> Box<dyn Job>
where
    T: Send + 'static,
    F: FnMut(&Step<'_>) -> rusqlite::Result<T> + Send + 'static,
{
    Box::new(WaitedFor {
        work,
        done: None,
        when_abandoned,
        caller,
    })
}

impl<T, F> Job for WaitedFor<T, F>
where
    T: Send,
    F: FnMut(&Step<'_>) -> rusqlite::Result<T> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.when_abandoned == WhenAbandoned::Skip && self.caller.is_canceled()
    }

    fn run(&mut self, step: &Step<'_>) -> Result<(), Fault> {
        let done = (self.work)(step).map_err(Fault::from);
        let outcome = done.as_ref().map(drop).map_err(Clone::clone);
        self.done = Some(done);
        outcome
    }

    fn answer(self: Box<Self>, committed: Result<(), Fault>) {
        let outcome = match (committed, self.done) {
            (Ok(()), Some(done)) => done,
            (Err(error), _) => Err(error),
            // It was not run, and its caller is told so by the channel.
            (Ok(()), None) => return,
        };
        // A caller that has gone away needs no answer.
        let _ = self.caller.send(outcome);
    }
}
