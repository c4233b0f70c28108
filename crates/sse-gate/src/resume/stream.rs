//! What a handler finds in its request: [`ResumableStream`].

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sse_gate_core::TokenKey;
use sse_gate_resume::backend::ReadLog;
use sse_gate_resume::{
    Arrival, CloseReason, MemoryLog, MemoryLogs, Opening, Publisher, Resumed, Start, Subscription,
};

use super::produce::{Full, WorkSlot, run};
use super::{AttachError, Follow, Resumable, ResumableBody, WorkOutput};
use crate::Granted;
use crate::slots::{Pulse, Slot};
use crate::store::StoreAccess;

/// How long a newcomer waits for work that was told to stop.
const STOPS_WITHIN: Duration = Duration::from_secs(1);

/// A stream that its client may go on with, in the extensions of the request that opens it or goes
/// on. Clones are the same stream.
///
/// With the feature `axum` it is an extractor too. There is one only behind a
/// [`GateLayer`](crate::GateLayer) that is [`resumable`](crate::GateLayer::resumable).
#[derive(Clone)]
pub struct ResumableStream {
    granted: Granted,
    settings: Resumable,
    access: StoreAccess,
    is_resumed: bool,
    /// That of its connection.
    pulse: Arc<Pulse>,
    way: Arc<Mutex<Option<Way>>>,
}

/// What is in a stream until a handler attaches it: a place above all.
pub(crate) struct Unattached(Arc<Mutex<Option<Way>>>);

impl Unattached {
    /// Whether the handler has attached the stream.
    pub(crate) fn is_over(&self) -> bool {
        let way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        way.is_none()
    }
}

/// How the client came.
enum Way {
    /// With a fresh token.
    First(First),
    /// With a resume id.
    Again(Resumed),
}

/// What it takes to open a session.
pub(crate) struct First {
    pub(crate) token: TokenKey,
    /// From before the token was taken.
    pub(crate) arrival: Arrival,
    pub(crate) slot: Slot,
    /// Behind which event a caller with a credential of its own wants to go on.
    pub(crate) cursor: Option<u64>,
}

impl ResumableStream {
    pub(crate) fn first(
        granted: Granted,
        settings: Resumable,
        access: StoreAccess,
        first: First,
    ) -> Self {
        let pulse = first.slot.pulse();
        Self::new(granted, settings, access, pulse, Way::First(first))
    }

    pub(crate) fn again(
        granted: Granted,
        settings: Resumable,
        access: StoreAccess,
        pulse: Arc<Pulse>,
        resumed: Resumed,
    ) -> Self {
        Self::new(granted, settings, access, pulse, Way::Again(resumed))
    }

    fn new(
        granted: Granted,
        settings: Resumable,
        access: StoreAccess,
        pulse: Arc<Pulse>,
        way: Way,
    ) -> Self {
        Self {
            granted,
            settings,
            access,
            is_resumed: matches!(way, Way::Again(_)),
            pulse,
            way: Arc::new(Mutex::new(Some(way))),
        }
    }

    pub(crate) fn unattached(&self) -> Unattached {
        Unattached(Arc::clone(&self.way))
    }

    /// The grant: whose stream it is, and of what. Its payload is there only at the first opening.
    pub fn granted(&self) -> &Granted {
        &self.granted
    }

    /// Whether the client goes on with a stream that it had before.
    pub fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// Streams the log of work that belongs to this session alone: a log from `logs`, which `work`
    /// writes in a task of its own.
    ///
    /// **The work runs once**, however often the client comes back: it is started at the first
    /// opening and not looked at later. It goes on without its client, and learns from its
    /// [`Publisher`] whether anybody listens and whether it is to stop. If it panics, or drops the
    /// publisher, the stream ends with `sse.error`, and
    /// [`Resumable::on_work_error`](crate::Resumable::on_work_error) is told.
    ///
    /// **The work must look at what [`publish`](Publisher::publish) returns**: once its session is
    /// over, no client can read what it writes, and publishing fails. Work in progress is
    /// [capped](crate::WorkSlots) by subject; at the cap this waits up to a second for other work of
    /// the subject's that was just told to stop, and is refused then. At the cap of all work it is
    /// refused at once. What it writes counts against the subject's [share](sse_gate_resume::LogBudget::with_share) of the logs' budget.
    ///
    /// To be called within a Tokio runtime.
    pub async fn produce<W, F>(
        &self,
        logs: &MemoryLogs,
        work: W,
    ) -> Result<ResumableBody, AttachError>
    where
        W: FnOnce(Publisher<MemoryLog>) -> F,
        F: Future<Output: WorkOutput> + Send + 'static,
    {
        let first = match self.take()? {
            Way::Again(resumed) => return Ok(self.body(resumed.subscribe())),
            Way::First(first) => first,
        };
        let token = first.token;
        let slot = self.settings.work.begin(self.granted.subject());
        if let Err(Full::InAll) = slot {
            // To open a session may close another one of the subject's: not for nothing.
            return Err(AttachError::TooMuchWorkInAll);
        }
        let log = logs.create_for(self.granted.subject())?;
        let publisher = Publisher::new(log.clone());
        let body = self.open(first, Arc::new(log.clone()), None).await?;
        let slot = match slot {
            Ok(slot) => slot,
            Err(_) => self.wait_for_work(token).await?,
        };
        let slot = Arc::new(slot);
        let work = work(publisher.with_held(Arc::clone(&slot)));
        let (granted, settings) = (self.granted.clone(), self.settings.clone());
        tokio::spawn(run(work, log, slot, granted, settings));
        Ok(body)
    }

    /// Waits for other work of the subject's to stop: to open this session, one of its others may
    /// have been closed. If none stops, the session is closed.
    async fn wait_for_work(&self, token: TokenKey) -> Result<WorkSlot, AttachError> {
        let subject = self.granted.subject();
        let slot = self.settings.work.begin_within(subject, STOPS_WITHIN);
        let full = match slot.await {
            Ok(slot) => return Ok(slot),
            Err(full) => full,
        };
        let sessions = self.settings.sessions.clone();
        let closed = async move { sessions.close(token, CloseReason::Displaced).await };
        self.access.ask(Box::pin(closed)).await?;
        Err(match full {
            Full::ForSubject => AttachError::TooMuchWork,
            Full::InAll => AttachError::TooMuchWorkInAll,
        })
    }

    /// Streams a log that others read too: a feed. It begins with what comes from now on, unless
    /// [`last`](Follow::last) or [`after`](Follow::after) say otherwise; await it to get the body.
    ///
    /// A client that comes back gets what it missed. A caller with a credential of its own begins
    /// behind the number that it [names](Self::cursor).
    ///
    /// It must be the log that the session began with. One that was made anew in its place has
    /// other events under the same numbers: then the session is closed, as nobody can tell what its
    /// client would miss.
    pub fn follow<L: ReadLog + Clone>(&self, log: &L) -> Follow {
        Follow::new(self.clone(), Arc::new(log.clone()))
    }

    /// The number behind which a caller with a credential of its own wants to go on, if it names
    /// one.
    pub fn cursor(&self) -> Option<u64> {
        let way = self.way.lock().unwrap_or_else(PoisonError::into_inner);
        match &*way {
            Some(Way::First(first)) => first.cursor,
            _ => None,
        }
    }

    pub(super) async fn attach(
        &self,
        log: Arc<dyn ReadLog>,
        start: Option<Start>,
    ) -> Result<ResumableBody, AttachError> {
        match self.take()? {
            Way::Again(resumed) if resumed.binding().log_epoch != log.epoch() => {
                let (sessions, token) = (self.settings.sessions.clone(), resumed.binding().token);
                let closed = async move { sessions.close(token, CloseReason::Rollback).await };
                // If that fails, the client is told the same, and it is tried when it comes again.
                let _ = self.access.ask(Box::pin(closed)).await;
                Err(AttachError::OtherLog)
            }
            Way::Again(resumed) => Ok(self.body(resumed.subscribe())),
            Way::First(first) => {
                let cursor = first.cursor.map(Start::After);
                let start = start.or(cursor).unwrap_or(Start::Now);
                self.open(first, log, Some(start)).await
            }
        }
    }

    /// Opens the session, and to the end: if the client goes meanwhile, the session knows that its
    /// connection is gone. A log that others read too is read from a `start`.
    async fn open(
        &self,
        first: First,
        log: Arc<dyn ReadLog>,
        start: Option<Start>,
    ) -> Result<ResumableBody, AttachError> {
        let First {
            token,
            arrival,
            slot,
            cursor: _,
        } = first;
        let (granted, settings) = (self.granted.clone(), self.settings.clone());
        let opened = self.access.ask(Box::pin(async move {
            let opening = Opening::new(arrival, &granted, token, log).with_policy(settings.policy);
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

    fn take(&self) -> Result<Way, AttachError> {
        let mut way = self.way.lock().unwrap_or_else(PoisonError::into_inner);
        way.take().ok_or(AttachError::Already)
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
