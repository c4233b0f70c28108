//! The one who writes a log: [`Publisher`].

use std::any::Any;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use sse_gate_codec::Event;

use crate::log::{AppendError, EventLog, LogEnd, MemoryLog, StopReason};

/// Writes a log, and ends it: with [`finish`](Self::finish), or as failed when it is dropped
/// before, by a panic too.
///
/// The work behind a stream has one, in a task of its own, whoever comes and goes meanwhile. It
/// runs on without listeners. It may ask how long there has been none
/// ([`deserted`](Self::deserted)), and whether it is to stop ([`stopped`](Self::stopped)): that is
/// no disconnect, somebody wants it.
///
/// When its session is over, publishing fails with
/// [`AppendErrorKind::Closed`](crate::error::AppendErrorKind): work that looks at the result stops then.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_resume::backend::ReadLog;
/// use sse_gate_resume::{MemoryLogs, Publisher};
///
/// # pollster::block_on(async {
/// let log = MemoryLogs::default().create()?;
/// let publisher = Publisher::new(log.clone());
/// assert_eq!(publisher.publish(&Event::new().data("one")).await?, 1);
/// publisher.finish().await?;
/// assert!(log.bounds().is_over_for(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Publisher<L: EventLog = MemoryLog> {
    log: L,
    has_ended: bool,
    held: Vec<Box<dyn Any + Send + Sync>>,
}

impl<L: EventLog> Publisher<L> {
    /// The writer of this log. There should be only one.
    pub fn new(log: L) -> Self {
        Self {
            log,
            has_ended: false,
            held: Vec::new(),
        }
    }

    /// Keeps something for as long as there is this publisher: its place in a cap on work, say.
    pub fn with_held(mut self, thing: impl Any + Send + Sync) -> Self {
        self.held.push(Box::new(thing));
        self
    }

    /// Appends an event and gives its number: [`EventLog::append`]. An error says why the work is
    /// of no more use, or what is wrong with the event.
    pub async fn publish(&self, event: &Event<'_>) -> Result<u64, AppendError> {
        self.log.append(event).await
    }

    /// Ends the log: everything is said.
    pub async fn finish(mut self) -> Result<(), AppendError> {
        self.log.end(LogEnd::Complete).await?;
        self.has_ended = true;
        Ok(())
    }

    /// Waits until somebody asks it to stop, or nobody can listen any more.
    ///
    /// Of this future and [`deserted`](Self::deserted)'s, all are to be polled by one task.
    pub async fn stopped(&self) -> StopReason {
        poll_fn(|cx| self.log.poll_stopped(cx)).await
    }

    /// Waits until nobody has listened for `span`. `sleep` is the runtime's: it returns a future
    /// that is ready after the time it is given.
    pub async fn deserted<F, S>(&self, span: Duration, sleep: F)
    where
        F: Fn(Duration) -> S,
        S: Future<Output = ()>,
    {
        loop {
            let so_far = poll_fn(|cx| self.log.poll_deserted(cx)).await;
            match span.checked_sub(so_far) {
                None | Some(Duration::ZERO) => return,
                Some(rest) => sleep(rest).await,
            }
        }
    }
}

impl<L: EventLog> Drop for Publisher<L> {
    fn drop(&mut self) {
        if !self.has_ended {
            // A log that can't end at once has what it needs to end later.
            let end = pin!(self.log.end(LogEnd::Failed));
            let _ = end.poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}
