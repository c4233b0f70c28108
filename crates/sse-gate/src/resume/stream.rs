//! What the handler of a resumable route finds in its request: [`ResumableStream`].

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Extensions;
use sse_gate_core::TokenKey;
use sse_gate_resume::backend::LogEnd;
use sse_gate_resume::{
    CloseReason, Log, Logs, Opening, Publisher, Resumed, Start, StopReason, Subscription,
};

use super::attachment::{Attachment, NewSession, ResumedSlot, Unattached};
use super::produce::{WorkCap, WorkSlot, run};
use super::settings::in_background;
use super::{AttachError, Follow, Resumable, ResumableBody, WorkOutput};
use crate::slots::{Pulse, Slot};
use crate::store::StreamStores;
use crate::{Granted, MissingGrant};

/// How long a new session waits for other work of its subject to stop.
const STOPS_WITHIN: Duration = Duration::from_secs(1);

/// A stream that its client can continue after a reconnect. The handler finds it in the extensions of the
/// request, and attaches a log to it. Clones are the same stream.
///
/// It exists only behind a [`GateLayer`](crate::GateLayer) that is
/// [resumable](crate::GateLayer::resumable). With the feature `axum`, it is an extractor. In every other
/// framework [`of`](Self::of) finds it.
///
/// | method | the log | who writes it |
/// |---|---|---|
/// | [`produce`](Self::produce) | belongs to this session | work that it starts |
/// | [`follow`](Self::follow) | is shared by many sessions | other parts of the program |
///
/// ```
/// use std::convert::Infallible;
/// use http::{Request, Response};
/// use sse_gate::sessions::Topics;
/// use sse_gate::{Problem, ResumableBody, ResumableStream};
///
/// // In any tower service:
/// async fn news<B>(request: Request<B>, topics: Topics) -> Result<Response<ResumableBody>, Problem> {
///     let stream = ResumableStream::of(request.extensions())?;
///     let log = topics.log("news", None).await?;
///     Ok(stream.follow(&log).await?.into_response())
/// }
/// # let _ = news::<()>;
/// ```
#[derive(Clone)]
pub struct ResumableStream {
    granted: Granted,
    settings: Resumable,
    stores: StreamStores,
    is_resumed: bool,
    /// The pulse of the connection.
    pulse: Arc<Pulse>,
    attachment: Arc<Mutex<Option<Attachment>>>,
    /// Whether the handler has taken the attachment.
    is_attached: Arc<AtomicBool>,
}

impl ResumableStream {
    pub(crate) fn first(
        granted: Granted,
        settings: Resumable,
        stores: StreamStores,
        first: NewSession,
    ) -> Self {
        let pulse = first.slot.pulse();
        Self::new(granted, settings, stores, pulse, Attachment::New(first))
    }

    pub(crate) fn again(
        granted: Granted,
        settings: Resumable,
        stores: StreamStores,
        slot: Slot,
        resumed: Resumed,
    ) -> Self {
        let (pulse, is_attached) = (slot.pulse(), Arc::default());
        resumed.lease().hold(ResumedSlot {
            slot,
            is_attached: Arc::clone(&is_attached),
        });
        let attachment = Attachment::Resumed(resumed);
        let stream = Self::new(granted, settings, stores, pulse, attachment);
        Self {
            is_attached,
            ..stream
        }
    }

    fn new(
        granted: Granted,
        settings: Resumable,
        stores: StreamStores,
        pulse: Arc<Pulse>,
        attachment: Attachment,
    ) -> Self {
        Self {
            granted,
            settings,
            stores,
            is_resumed: matches!(attachment, Attachment::Resumed(_)),
            pulse,
            attachment: Arc::new(Mutex::new(Some(attachment))),
            is_attached: Arc::default(),
        }
    }

    /// The stream in the extensions of a request.
    ///
    /// # Errors
    ///
    /// The request did not come through a [`GateLayer`](crate::GateLayer), or the layer is not
    /// [resumable](crate::GateLayer::resumable). The error says which.
    pub fn of(extensions: &Extensions) -> Result<&Self, MissingGrant> {
        let is_strict = extensions.get::<Granted>().is_some();
        let missing = if is_strict {
            MissingGrant::SESSIONS
        } else {
            MissingGrant::LAYER
        };
        extensions.get().ok_or(missing)
    }

    pub(crate) fn unattached(&self) -> Unattached {
        Unattached(Arc::clone(&self.attachment))
    }

    /// The grant: who may read the stream, and of which resource. Its payload is there only at the first
    /// opening, and not when the client comes back, unless the route
    /// [starts work again](crate::Resumable::with_restarted_work).
    pub fn granted(&self) -> &Granted {
        &self.granted
    }

    /// Whether the client continues a session that it had before.
    pub fn is_resumed(&self) -> bool {
        self.is_resumed
    }

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
        if log.is_orphaned() {
            if !self.settings.restarts_work {
                // The client gets what there is, and is told that the answer failed.
                log.end_later(LogEnd::Failed);
            } else if let Ok(slot) = self.settings.work.begin(self.granted.subject())
                // If the store can't be asked now, it is asked again when the client comes back.
                && self.claim(&log).await
            {
                let publisher = Publisher::new(log.clone());
                self.start(log, publisher, slot, work);
            }
        }
        Ok(self.body(resumed.subscribe()))
    }

    /// Takes the work of a process that has died over. Returns whether it is this one's now.
    async fn claim(&self, log: &Log) -> bool {
        let log = log.clone();
        let claimed = self
            .stores
            .logs
            .ask(Box::pin(async move { log.claim().await }));
        claimed.await.unwrap_or(false)
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

    /// Streams a log that other clients read too, like a feed. Await what it returns to get the body.
    ///
    /// A new client gets the events that are published from now on. [`last`](Follow::last) and
    /// [`after`](Follow::after) change that, and so does a caller that names a [number](Self::cursor). A
    /// client that comes back gets what it missed.
    ///
    /// It must be the log that the session began with. A log that was made anew has other events with the
    /// same numbers, so the session is closed and the client gets 410 ([`AttachError::OtherLog`]).
    ///
    /// ```
    /// use sse_gate::sessions::Topics;
    /// use sse_gate::{Event, Problem, ResumableBody, ResumableStream};
    ///
    /// async fn room(stream: ResumableStream, topics: Topics) -> Result<ResumableBody, Problem> {
    ///     // A new member gets the last 20 messages.
    ///     let log = topics.log("room 7", None).await?;
    ///     Ok(stream.follow(&log).last(20).await?)
    /// }
    ///
    /// async fn say(topics: Topics, text: String) -> Result<(), Problem> {
    ///     topics.publish("room 7", None, &Event::new().data(text)).await?;
    ///     Ok(())
    /// }
    /// ```
    pub fn follow(&self, log: &Log) -> Follow {
        Follow::new(self.clone(), log.clone())
    }

    /// The number of the last event that a caller with its own credential has, if it sends one in
    /// `Last-Event-ID` or in the query parameter `after`. `None` for clients with a token, and after the
    /// stream was attached.
    pub fn cursor(&self) -> Option<u64> {
        let attachment = self
            .attachment
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match &*attachment {
            Some(Attachment::New(first)) => first.cursor,
            _ => None,
        }
    }

    pub(super) async fn attach(
        &self,
        log: Log,
        start: Option<Start>,
    ) -> Result<ResumableBody, AttachError> {
        match self.take()? {
            Attachment::Resumed(resumed) if resumed.binding().log_epoch != log.epoch() => {
                let (sessions, token) = (self.settings.sessions.clone(), resumed.binding().token);
                let closed = async move { sessions.close(token, CloseReason::Rollback).await };
                // If this fails, the client gets the same answer, and the next request tries it again.
                let _ = self.stores.sessions.ask(Box::pin(closed)).await;
                Err(AttachError::OtherLog)
            }
            Attachment::Resumed(resumed) => Ok(self.body(resumed.subscribe())),
            Attachment::New(first) => {
                let cursor = first.cursor.map(Start::After);
                let start = start.or(cursor).unwrap_or(Start::Now);
                self.open(first, log, Some(start)).await
            }
        }
    }

    /// Opens the session. This runs to its end even if the client goes away, so the session knows that
    /// its connection is gone. `start` is for logs that other clients read too.
    async fn open(
        &self,
        first: NewSession,
        log: Log,
        start: Option<Start>,
    ) -> Result<ResumableBody, AttachError> {
        let NewSession {
            token,
            arrival,
            slot,
            cursor: _,
        } = first;
        let (granted, settings) = (self.granted.clone(), self.settings.clone());
        let opened = self.stores.sessions.ask(Box::pin(async move {
            let opening = Opening::new(arrival, &granted, token, log).with_policy(settings.policy);
            let opening = if settings.restarts_work {
                opening.with_kept_payload()
            } else {
                opening
            };
            let opening = match start {
                Some(start) => opening.on_shared_log().with_start(start),
                None => opening,
            };
            settings.sessions.open(opening).await
        }));
        let subscription = opened.await?;
        slot.belongs_to(subscription.lease().session());
        subscription.lease().hold(slot);
        Ok(self.body(subscription))
    }

    fn body(&self, subscription: Subscription) -> ResumableBody {
        let subscription = subscription.with_slow_policy(self.settings.slow);
        ResumableBody::new(subscription, Arc::clone(&self.pulse))
    }

    fn take(&self) -> Result<Attachment, AttachError> {
        let mut attachment = self
            .attachment
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let attachment = attachment.take().ok_or(AttachError::Already)?;
        self.is_attached.store(true, Ordering::Release);
        Ok(attachment)
    }
}

impl fmt::Debug for ResumableStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumableStream")
            .field("granted", &self.granted)
            .field("is_resumed", &self.is_resumed)
            .finish_non_exhaustive()
    }
}
