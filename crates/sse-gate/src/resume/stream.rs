//! What the handler of a resumable route finds in its request: [`ResumableStream`].

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use http::Extensions;
use sse_gate_resume::{CloseReason, Log, Opening, Resumed, Start, Subscription};

use super::attachment::{Attachment, NewSession, ResumedSlot, Unattached};
use super::{AttachError, Follow, Resumable, ResumableBody};
use crate::slots::{Pulse, Slot};
use crate::store::StreamStores;
use crate::{Granted, MissingGrant};

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
    pub(super) granted: Granted,
    pub(super) settings: Resumable,
    pub(super) stores: StreamStores,
    is_resumed: bool,
    /// The pulse of the connection.
    pulse: Arc<Pulse>,
    attachment: Arc<Mutex<Option<Box<Attachment>>>>,
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
            attachment: Arc::new(Mutex::new(Some(Box::new(attachment)))),
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
        match attachment.as_deref() {
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
    pub(super) async fn open(
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

    pub(super) fn body(&self, subscription: Subscription) -> ResumableBody {
        let subscription = subscription.with_slow_policy(self.settings.slow);
        ResumableBody::new(subscription, Arc::clone(&self.pulse))
    }

    pub(super) fn take(&self) -> Result<Attachment, AttachError> {
        let mut attachment = self
            .attachment
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let attachment = attachment.take().ok_or(AttachError::Already)?;
        self.is_attached.store(true, Ordering::Release);
        Ok(*attachment)
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
