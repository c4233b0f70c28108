//! Runs work: [`run`].

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use sse_gate_resume::backend::LogEnd;
use sse_gate_resume::{Log, Sessions, StopReason};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::{WorkError, WorkOutput, WorkSlot};
use crate::Granted;
use crate::resume::Resumable;

/// How often the store looks for sessions that are over, while work is in progress. A store in memory
/// has no timer: without requests, it would not notice that the time of a session is up.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(1);

/// Runs work to its end. If it fails, the hook of the settings is told.
pub(in crate::resume) async fn run<F>(
    work: F,
    log: Log,
    slot: Arc<WorkSlot>,
    granted: Granted,
    settings: Resumable,
) where
    F: Future<Output: WorkOutput> + Send,
{
    let mut work = Box::pin(work);
    // It is dropped before the work.
    let unfinished = Unfinished(Some(&log));
    let ended = watch(work.as_mut(), &settings.sessions).await;
    unfinished.has_ended();
    // The publisher is gone with the work, and the log has ended.
    drop(work);
    let error = match ended {
        Err(panic) => Some(panic),
        // The session is over, so an error of the work is expected.
        Ok(_) if is_closed(&log) => None,
        Ok(output) => match output.error() {
            Some(error) => Some(WorkError::Failed(error)),
            None if log.bounds().end == Some(LogEnd::Failed) => Some(WorkError::Unfinished),
            None => None,
        },
    };
    if let Some((error, hook)) = error.zip(settings.on_work_error.as_ref()) {
        (hook.0)(&granted, error);
    }
    drop(slot);
}

/// Work that has not ended by itself. Dropped, its process goes down: the runtime drops the tasks that it has. The
/// next process finds the log as a kill would have left it.
struct Unfinished<'a>(Option<&'a Log>);

impl Unfinished<'_> {
    fn has_ended(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(log) = self.0 {
            log.leave();
        }
    }
}

/// Polls work until it ends or panics. Meanwhile, it lets the store look for sessions that are over.
async fn watch<F: Future>(
    mut work: Pin<&mut F>,
    sessions: &Sessions,
) -> Result<F::Output, WorkError> {
    let mut sweeps = interval_at(Instant::now() + BETWEEN_SWEEPS, BETWEEN_SWEEPS);
    sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx)));
        match polled {
            Ok(Poll::Ready(output)) => return Poll::Ready(Ok(output)),
            Err(payload) => return Poll::Ready(Err(WorkError::Panicked(payload))),
            Ok(Poll::Pending) => {}
        }
        while sweeps.poll_tick(cx).is_ready() {
            sessions.sweep();
        }
        Poll::Pending
    })
    .await
}

/// Whether the log is closed, so that no client can read it any more.
fn is_closed(log: &Log) -> bool {
    log.stop_reason() == Some(StopReason::Closed)
}
