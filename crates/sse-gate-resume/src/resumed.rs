//! The result of a resume: [`Resumed`], or [`ResumeError`].

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use sse_gate_core::Grant;

use crate::frames;
use crate::log::Log;
use crate::node::Lease;
use crate::session::{Binding, GoneReason, InvalidIdReason, SessionError};
use crate::subscription::Subscription;

/// A session whose client goes on. If it is dropped, the session waits for the client again.
///
/// ```
/// # use std::sync::Arc;
/// # use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
/// # use sse_gate_resume::{Logs, Opening, Sessions};
/// # pollster::block_on(async {
/// # let (alice, chat) = (Subject::new("alice")?, Resource::new(["chat"])?);
/// # let gate = TokenGate::new(MemoryStore::default());
/// # let issued = gate.issue(GrantRequest::new(alice.clone(), chat.clone())).await?;
/// # let sessions = Sessions::in_memory()?;
/// # let arrival = sessions.arrival().await?;
/// # let grant = gate.redeem(issued.token().expose(), &chat).await?;
/// # let log = Logs::default().create().await?;
/// # let opening = Opening::new(arrival, &grant, issued.key(), Arc::new(log));
/// # let mut subscription = sessions.open(opening).await?;
/// # let mut bytes = bytes::BytesMut::new();
/// # std::future::poll_fn(|cx| subscription.poll_write(cx, &mut bytes)).await;
/// # let text = String::from_utf8(bytes.to_vec())?;
/// # let last_event_id = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
/// let resumed = sessions.resume(last_event_id, issued.key()).await?;
/// assert!(resumed.grant().continues());
/// assert!(resumed.grant().deadline() <= grant.deadline());
///
/// // The handler has no place for it now. The client gets a new id, and comes back in 5 to 10 s.
/// let body = resumed.retry_later(std::time::Duration::from_secs(5));
/// assert!(body.starts_with(b"retry: "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Resumed {
    lease: Lease,
    log: Arc<Log>,
    cursor: u64,
}

impl Resumed {
    pub(crate) fn new(lease: Lease, log: Arc<Log>, cursor: u64) -> Self {
        Self { lease, log, cursor }
    }

    /// What the session is bound to: the grant, the log and the policy.
    pub fn binding(&self) -> &Binding {
        self.lease.binding()
    }

    /// The grant that opened the session, with the time that is left as its deadline. It has a payload only
    /// if that was [kept](crate::Opening::with_kept_payload). A handler that is called again for a client
    /// that comes back gets this one.
    pub fn grant(&self) -> Grant {
        let now = self.lease.sessions().clock().now();
        let latest = now.saturating_add(self.lease.time_left());
        self.binding().grant.continued(latest)
    }

    /// The log that it reads.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The new connection's hold on the session.
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Begins the new connection: the client gets what it missed, and then what comes.
    pub fn subscribe(self) -> Subscription {
        let prefix = self.lease.sessions().prefix(&self.lease);
        Subscription::new(self.lease, self.log, prefix, self.cursor)
    }

    /// The whole body for a client that can't be served now: an id to come back with, and when to
    /// come back, between `wait` and twice as much.
    pub fn retry_later(self, wait: Duration) -> Bytes {
        let sessions = self.lease.sessions();
        let prefix = sessions.prefix(&self.lease);
        let mut buffer = BytesMut::new();
        let wait = wait.saturating_add(sessions.jitter(wait));
        frames::open(wait, &prefix, self.cursor, None, &mut buffer);
        buffer.freeze()
    }
}

/// Why a client can't go on.
///
/// | error | answer | the client |
/// |---|---|---|
/// | [`Gone`](Self::Gone) | 204 | stops for good |
/// | [`Refused`](Self::Refused) | 401 | stops for good, and asks for a new token |
/// | all others | 200 with [`Sessions::retry_later`](crate::Sessions::retry_later) | comes back by itself |
///
/// ```
/// use sse_gate_core::TokenKey;
/// use sse_gate_resume::error::ResumeError;
/// use sse_gate_resume::{InvalidIdReason, Sessions};
///
/// # pollster::block_on(async {
/// let sessions = Sessions::in_memory()?;
/// let shown = sessions.resume("sser1.forged", TokenKey::from_bytes([1; 32])).await;
/// assert!(matches!(shown, Err(ResumeError::Refused(InvalidIdReason::Malformed))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// The session is over. The client was entitled to it, so it gets 204 and stops reconnecting.
    #[error("session is over")]
    Gone(GoneReason),
    /// The client shows no good credential. It gets 401, the same one for every reason.
    #[error("resume id is refused")]
    Refused(InvalidIdReason),
    /// Connections of the session were replaced too often in a short time. Nothing was consumed,
    /// and the client may try again.
    #[error("connections of the session were replaced too often")]
    TooSoon,
    /// `admit` had no place for the client ([`Sessions::resume_if`](crate::Sessions::resume_if)). Nothing was consumed, and the
    /// client may try again.
    #[error("there is no place for the client")]
    NotAdmitted,
    /// The store can't be reached. Nothing was consumed, and the client may try again.
    #[error("session can't be looked up")]
    Unavailable(#[source] SessionError),
}
