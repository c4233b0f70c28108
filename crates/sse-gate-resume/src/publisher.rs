//! Writes a log: [`Publisher`].

use std::any::Any;
use std::future::poll_fn;
use std::time::Duration;

use sse_gate_codec::Event;

use crate::log::{AppendError, Log, LogEnd, StopReason};

/// Writes a log, and ends it: with [`finish`](Self::finish), or as failed if it is dropped before
/// that, also by a panic.
///
/// The work behind a stream runs in a task of its own, and owns a publisher. Clients come and go
/// meanwhile, and the work goes on without them. It can learn for how long there has been no client
/// ([`deserted`](Self::deserted)), and that it is asked to stop ([`stopped`](Self::stopped)): a
/// disconnect is no such request.
///
/// When its session is over, publishing fails with
/// [`AppendErrorKind::Closed`](crate::error::AppendErrorKind): work that looks at the result stops then.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_resume::{Logs, Publisher};
///
/// # pollster::block_on(async {
/// let log = Logs::default().create().await?;
/// let publisher = Publisher::new(log.clone());
/// assert_eq!(publisher.publish(&Event::new().data("one")).await?, 1);
/// publisher.finish().await?;
/// assert!(log.bounds().is_over_for(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Publisher {
    log: Log,
    has_ended: bool,
    held: Vec<Box<dyn Any + Send + Sync>>,
}

impl Publisher {
    /// The writer of this log. A log should have only one publisher, which ends it.
    pub fn new(log: Log) -> Self {
        log.count_publisher(true);
        Self {
            log,
            has_ended: false,
            held: Vec::new(),
        }
    }

    /// Keeps something for as long as the publisher exists, such as a permit that bounds the number
    /// of tasks.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use sse_gate_resume::{Logs, Publisher};
    ///
    /// # pollster::block_on(async {
    /// let permit = Arc::new(());
    /// let log = Logs::default().create().await?;
    /// let publisher = Publisher::new(log).with_held(Arc::clone(&permit));
    /// drop(publisher);
    /// assert_eq!(Arc::strong_count(&permit), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn with_held(mut self, thing: impl Any + Send + Sync) -> Self {
        self.held.push(Box::new(thing));
        self
    }

    /// Appends an event and returns its number: [`Log::append`]. It never waits for a client.
    ///
    /// # Errors
    ///
    /// Something is wrong with the event, or the log is closed: then stop the work.
    pub async fn publish(&self, event: &Event<'_>) -> Result<u64, AppendError> {
        self.log.append(event).await
    }

    /// The number of the last event of the log: 0 if there is none. Work that is taken over from a node
    /// that died goes on behind it.
    pub fn last(&self) -> u64 {
        self.log.bounds().last
    }

    /// Ends the log as complete. Clients that have all of it are told so.
    ///
    /// # Errors
    ///
    /// The store of the log can't be reached.
    pub async fn finish(mut self) -> Result<(), AppendError> {
        self.log.end(LogEnd::Complete).await?;
        self.has_ended = true;
        Ok(())
    }

    /// Waits until the work is asked to stop, or until no client can read the log any more.
    ///
    /// Poll this future and that of [`deserted`](Self::deserted) in the same task: the log wakes only
    /// one.
    pub async fn stopped(&self) -> StopReason {
        poll_fn(|cx| self.log.poll_stopped(cx)).await
    }

    /// Waits until no client has been connected for `span`. `sleep` is your runtime's: it returns a
    /// future that is ready after a given time.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate_resume::{Logs, Publisher};
    ///
    /// # pollster::block_on(async {
    /// let publisher = Publisher::new(Logs::default().create().await?);
    /// // With tokio, `sleep` is `tokio::time::sleep`.
    /// let sleep = |span| async move { std::thread::sleep(span) };
    /// publisher.deserted(Duration::from_millis(5), sleep).await;
    /// // No client came within 5 ms: the work gives up, and its log ends as failed.
    /// drop(publisher);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
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

impl Drop for Publisher {
    fn drop(&mut self) {
        self.log.count_publisher(false);
        if !self.has_ended && !self.log.is_left() {
            self.log.end_later(LogEnd::Failed);
        }
    }
}
