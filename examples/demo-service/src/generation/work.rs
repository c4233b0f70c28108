//! The life of one job: wait for a thread, work, and end whatever happens.

use tokio::task;

use super::log::Outcome;
use super::reporter::Reporter;
use super::turns::Turns;
use super::{Generation, Pace};
use crate::infer::{Failure, Sample, rust_types};

/// Runs the job to its end, on a thread when it is its owner's turn.
///
/// No `async fn`: the ender is there before the future is first polled, which at a shutdown may be
/// never.
pub(super) fn run(
    generation: Generation,
    sample: Sample,
    pace: Pace,
    threads: Turns,
) -> impl Future<Output = ()> + Send {
    let ender = Ender(generation);
    async move {
        let turn = tokio::select! {
            turn = threads.wait(ender.0.owner()) => turn,
            () = ender.0.cancellation().cancelled() => return ender.end(Outcome::cancelled()),
        };
        // The turn and the ender go along: they are given back when the thread is done, even if
        // nobody waits for it any more.
        let work = move || {
            ender.end(compute(&ender.0, &sample, pace));
            drop(turn);
        };
        // A panic is reported by its hook, and the ender has seen to the job.
        drop(task::spawn_blocking(work).await);
    }
}

/// The work itself, which blocks the thread.
fn compute(generation: &Generation, sample: &Sample, pace: Pace) -> Outcome {
    let mut reporter = Reporter::new(generation.clone(), pace);
    match rust_types(sample, generation.name(), &mut reporter) {
        Ok(code) => Outcome::Completed(code.into()),
        Err(Failure::Stopped(_)) => Outcome::cancelled(),
        Err(failure) => Outcome::Failed(failure.to_string().into()),
    }
}

impl Outcome {
    fn cancelled() -> Self {
        Self::Failed("cancelled".into())
    }
}

/// Ends the job when dropped: no panic and no shutdown leaves its watchers waiting.
struct Ender(Generation);

impl Ender {
    /// Ends it in good order.
    fn end(&self, outcome: Outcome) {
        self.0.finish(outcome);
    }
}

impl Drop for Ender {
    fn drop(&mut self) {
        // Without effect on one that has ended.
        self.0.finish(Outcome::Failed("interrupted".into()));
    }
}
