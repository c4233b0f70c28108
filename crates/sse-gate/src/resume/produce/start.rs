//! How a stream starts its work, or goes on with it: [`ResumableStream::produce`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::TokenKey;
use sse_gate_resume::backend::{CutReason, Fence, LogEnd};
use sse_gate_resume::error::LogError;
use sse_gate_resume::{CloseReason, Log, Logs, Publisher, Resumed, StopReason};
use tokio::time::sleep;

use super::{WorkCap, WorkSlot, run};
use crate::resume::attachment::Attachment;
use crate::resume::settings::in_background;
use crate::resume::{AttachError, ResumableBody, ResumableStream, WorkOutput};

/// How long a new session waits for other work of its subject to stop.
const STOPS_WITHIN: Duration = Duration::from_secs(1);

/// How long a client may read an answer that has no writer.
const READS_UNWRITTEN: Duration = Duration::from_secs(3);

/// Nobody writes the answer now: there is no room for its work, or the store of logs does not say whose it is. The
/// client has the time to read what there is. Then it is sent away, and the work is taken over when it comes back.
fn send_away(fence: Fence) {
    tokio::spawn(async move {
        sleep(READS_UNWRITTEN).await;
        fence.cut(CutReason::WriterGone);
    });
}

impl ResumableStream {
    /// Starts work for this session alone, and streams what it publishes. The work gets a log from `logs`
    /// and runs in a task of its own.
    ///
    /// **The work runs once**, however often the client comes back. It is started at the first opening. At
    /// a resume, `work` is dropped, and the client continues to read the same log. The work goes on while
    /// its client is away. Its [`Publisher`] tells it whether a client listens, and whether it should
    /// stop.
    ///
    /// **The work must check what [`publish`](Publisher::publish) returns.** When the session is over, no
    /// client can read the log, and publishing fails.
    ///
    /// If the work panics, or ends without [`finish`](Publisher::finish), the stream ends with
    /// `sse.error`, and [`Resumable::on_work_error`](crate::Resumable::on_work_error) gets the error.
    ///
    /// ```
    /// use sse_gate::{Event, Logs, Problem, Publisher, ResumableBody, ResumableStream};
    ///
    /// async fn answer(stream: ResumableStream, logs: Logs) -> Result<ResumableBody, Problem> {
    ///     let granted = stream.granted().clone();
    ///     let work = move |publisher: Publisher| async move {
    ///         let question: String = granted.payload()?; // The authorizer has put it there.
    ///         for word in question.split_whitespace() {
    ///             publisher.publish(&Event::new().data(word)).await?;
    ///         }
    ///         publisher.finish().await?;
    ///         Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    ///     };
    ///     Ok(stream.produce(&logs, work).await?)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`AttachError`]. [`WorkSlots`](crate::WorkSlots) cap the work. At the cap of the subject, this
    /// waits up to 1 s: to open the session, another one of the subject may have been closed, and its work
    /// may stop. At the cap of all work, it is refused at once.
    ///
    /// What the work publishes counts against the subject's
    /// [share](sse_gate_resume::LogBudget::with_share) of the budget of `logs`.
    ///
    /// To be called within a Tokio runtime.
    pub async fn produce<W, F>(&self, logs: &Logs, work: W) -> Result<ResumableBody, AttachError>
    where
        W: FnOnce(Publisher) -> F,
        F: Future<Output: WorkOutput> + Send + 'static,
    {
        let first = match self.take()? {
            Attachment::Resumed(resumed) => return self.resume_work(resumed, work).await,
            Attachment::New(first) => first,
        };
        let token = first.token;
        let slot = self.settings.work.begin(self.granted.subject());
        if let Err(WorkCap::InAll) = slot {
            // Opening a session may close another one of the subject. That would be for nothing here.
            return Err(AttachError::TooMuchWorkInAll);
        }
        let logs = logs.clone().with_spawn(in_background);
        let subject = self.granted.subject().clone();
        let made = self.stores.logs.ask(Box::pin(async move {
            // It is freed again if it is made too late.
            logs.create_for(&subject).await
        }));
        let log = made.await?;
        let publisher = Publisher::new(log.clone());
        let opened = self.open(first, log.clone(), None).await;
        // No client can read it, so it must not stay in its store.
        let body = opened.inspect_err(|_| log.stop(StopReason::Closed))?;
        let slot = match slot {
            Ok(slot) => slot,
            Err(_) => self.wait_for_work(token).await?,
        };
        self.start(log, publisher, slot, work);
        Ok(body)
    }

    /// A client comes back. If the process that did its work has died, the work is started again, or
    /// its log ends as failed.
    async fn resume_work<W, F>(
        &self,
        resumed: Resumed,
        work: W,
    ) -> Result<ResumableBody, AttachError>
    where
        W: FnOnce(Publisher) -> F,
        F: Future<Output: WorkOutput> + Send + 'static,
    {
        let log = resumed.log().clone();
        if !log.is_orphaned() {
            return Ok(self.body(resumed.subscribe()));
        }
        let mut is_written = true;
        if !self.settings.restarts_work {
            // The client gets what there is, and is told that the answer failed.
            log.end_later(LogEnd::Failed);
        } else if let Ok(slot) = self.settings.work.begin(self.granted.subject())
            && let Some(publisher) = self.claim(&log).await
        {
            self.start(log, publisher, slot, work);
        } else {
            is_written = !log.is_orphaned();
        }
        let subscription = resumed.subscribe();
        if !is_written {
            send_away(subscription.lease().fence().clone());
        }
        Ok(self.body(subscription))
    }

    /// Takes the work of a process that has died over. Returns its publisher if it is this one's now.
    async fn claim(&self, log: &Log) -> Option<Publisher> {
        let log = log.clone();
        let claimed = self.stores.logs.ask(Box::pin(async move {
            let is_claimed = log.claim().await?;
            // If the answer is too late, or the client is gone, this is dropped, and the log ends as failed.
            Ok::<_, LogError>(is_claimed.then(|| Publisher::new(log)))
        }));
        claimed.await.unwrap_or(None)
    }

    fn start<W, F>(&self, log: Log, publisher: Publisher, slot: WorkSlot, work: W)
    where
        W: FnOnce(Publisher) -> F,
        F: Future<Output: WorkOutput> + Send + 'static,
    {
        let slot = Arc::new(slot);
        let work = work(publisher.with_held(Arc::clone(&slot)));
        let (granted, settings) = (self.granted.clone(), self.settings.clone());
        tokio::spawn(run(work, log, slot, granted, settings));
    }

    /// Waits for other work of the subject to stop: to open this session, another one may have been
    /// closed. If no work stops in time, this session is closed.
    async fn wait_for_work(&self, token: TokenKey) -> Result<WorkSlot, AttachError> {
        let subject = self.granted.subject();
        let slot = self.settings.work.begin_within(subject, STOPS_WITHIN);
        let cap = match slot.await {
            Ok(slot) => return Ok(slot),
            Err(cap) => cap,
        };
        let sessions = self.settings.sessions.clone();
        let closed = async move { sessions.close(token, CloseReason::Displaced).await };
        self.stores.sessions.ask(Box::pin(closed)).await?;
        Err(match cap {
            WorkCap::ForSubject => AttachError::TooMuchWork,
            WorkCap::InAll => AttachError::TooMuchWorkInAll,
        })
    }
}
