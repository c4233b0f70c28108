//! Opens sessions and closes them: [`Sessions`].

mod parts;
mod resume;
mod resumption;

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Clock, Entropy, EntropyError, SteadyTime, Subject, SystemEntropy, TokenKey};

use crate::id::{IdPrefix, ResumeKeys, SessionId};
use crate::memory::MemorySessions;
use crate::node::Lease;
use crate::observer::{SessionObserver, SessionSignal};
use crate::opening::{Arrival, OpenError, Opening};
use crate::resumed::Resumed;
use crate::session::{Binding, CloseReason, Record, SessionError};
use crate::store::{Found, SessionFilter, SessionStore, SharedSessions};
use crate::subscription::Subscription;

use parts::Parts;

/// Opens sessions, lets their clients go on with them, and closes them. Clones share the sessions.
///
/// It knows no HTTP and no runtime.
///
/// ```
/// use std::sync::Arc;
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
/// use sse_gate_resume::{CloseReason, MemoryLogs, Opening, Sessions};
///
/// # pollster::block_on(async {
/// let (alice, chat) = (Subject::new("alice")?, Resource::new(["chat"])?);
/// let gate = TokenGate::new(MemoryStore::default());
/// let issued = gate.issue(GrantRequest::new(alice.clone(), chat.clone())).await?;
///
/// let sessions = Sessions::in_memory()?;
/// let arrival = sessions.arrival().await?;
/// let grant = gate.redeem(issued.token().expose(), &chat).await?;
/// let log = Arc::new(MemoryLogs::default().create()?);
/// let subscription = sessions.open(Opening::new(arrival, &grant, issued.key(), log)).await?;
/// assert_eq!(subscription.binding().grant.subject(), &alice);
///
/// // The user signs out. A session is closed once.
/// assert_eq!(sessions.revoke(&alice).await?, 1);
/// assert!(!sessions.close(issued.key(), CloseReason::Revoked).await?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Sessions(Arc<Parts>);

impl Sessions {
    /// Sessions in this store, with ids made by these keys.
    pub fn new(store: impl SessionStore, keys: ResumeKeys) -> Self {
        Self(Arc::new(Parts::new(SharedSessions::new(store), keys)))
    }

    /// Sessions in this process's memory, with new random keys. They end with the process.
    ///
    /// Several processes need a common store and common keys: [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// The system's random number generator failed.
    pub fn in_memory() -> Result<Self, EntropyError> {
        let keys = ResumeKeys::generate(&SystemEntropy)?;
        Ok(Self::new(MemorySessions::default(), keys))
    }

    /// Whether these are the same sessions, and not others with the same settings.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Sets the clock, the system's by default. A store has a clock of its own.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with(|parts| parts.clock = Arc::new(clock))
    }

    /// Sets the source of ids, salts and jitter, the system's randomness by default.
    pub fn with_entropy(self, entropy: impl Entropy) -> Self {
        self.with(|parts| parts.entropy = Arc::new(entropy))
    }

    /// Sets the observer, which is told what happens. The default one does nothing.
    pub fn with_observer(self, observer: impl SessionObserver) -> Self {
        self.with(|parts| parts.observer = Arc::new(observer))
    }

    /// Reads what [`Opening::new`] needs to know of the moment **before** the token is taken: how
    /// often sessions were revoked, and the time.
    pub async fn arrival(&self) -> Result<Arrival, SessionError> {
        let at = self.steady();
        let epoch = self.0.store.epoch().await?;
        Ok(Arrival { epoch, at })
    }

    /// How long a session may still last: until its deadline, or for what is left of the span that
    /// it had when it was opened, whichever is shorter. The two differ if the wall clock was set.
    pub fn time_left(&self, binding: &Binding) -> Duration {
        let clock = &self.0.clock;
        let by_date = binding.grant.deadline().saturating_since(clock.now());
        by_date.min(binding.ends_at.saturating_since(clock.steady()))
    }

    /// Opens a session for a token that was just redeemed, and subscribes its first client.
    pub async fn open(&self, opening: Opening<'_>) -> Result<Subscription, OpenError> {
        let parts = &*self.0;
        let id = SessionId::generate(&*parts.entropy)?;
        let mut salt = [0; 32];
        parts.entropy.fill(&mut salt)?;
        let place = opening.start().place(&opening.log.bounds());
        let (now, steady) = (parts.clock.now(), parts.clock.steady());
        let binding = Arc::new(Binding {
            token: opening.token,
            grant: opening.grant.without_payload(),
            salt,
            log_epoch: opening.log.epoch(),
            base: place.base,
            start_after: place.cursor,
            arrival_epoch: opening.arrival.epoch,
            arrived_at: opening.arrival.at,
            ends_at: steady.saturating_add(opening.grant.deadline().saturating_since(now)),
            policy: opening.policy,
        });
        let record = Record::new(Arc::clone(&binding));
        let log = Arc::clone(&opening.log);
        let opened = parts.store.open(id, record, log, opening.owns_log).await;
        let found = Found {
            fence: opened?,
            log: opening.log,
            binding,
        };
        parts.observe(SessionSignal::Opened, Some((id, &found.binding)));
        Ok(self.resumed(id, 1, place.cursor, found).subscribe())
    }

    /// Closes the session that this token has opened. Its client is told, and comes back no more.
    /// Returns whether the session was open.
    pub async fn close(&self, token: TokenKey, reason: CloseReason) -> Result<bool, SessionError> {
        let closed = self.close_all(SessionFilter::Token(token), reason).await?;
        Ok(closed > 0)
    }

    /// Closes all sessions of a subject at once, those included whose token was just shown.
    /// Returns how many were open.
    ///
    /// **Withdraw the subject's tokens first**
    /// ([`TokenGate::withdraw_all`](sse_gate_core::TokenGate::withdraw_all)), then call this. In that order, no
    /// token opens a session afterwards: if a token was taken just before it was withdrawn, its
    /// [`Arrival`] is older than this revocation, even if its handler opens the session minutes
    /// later. In the other order, a token could be taken between the two calls.
    pub async fn revoke(&self, subject: &Subject) -> Result<usize, SessionError> {
        let filter = SessionFilter::Subject(subject.clone());
        self.close_all(filter, CloseReason::Revoked).await
    }

    /// Asks the writer of the log that belongs to this token's session to stop. The session stays:
    /// its client gets what the writer still publishes. Returns whether the subject has such a
    /// session that is not over.
    pub async fn stop(&self, token: TokenKey, subject: &Subject) -> Result<bool, SessionError> {
        self.0.store.stop(token, subject.clone()).await
    }

    /// Frees sessions that are over. A store does so step by step while it is in use. Call this for
    /// a store that is rarely used.
    pub fn sweep(&self) {
        self.0.store.sweep();
    }

    /// Returns a random part of this span, so that clients that wait for it don't all come back in
    /// the same moment.
    pub fn jitter(&self, span: Duration) -> Duration {
        self.0.jitter(span)
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    pub(crate) fn steady(&self) -> SteadyTime {
        self.0.clock.steady()
    }

    pub(crate) fn prefix(&self, lease: &Lease) -> IdPrefix {
        self.0.prefix(lease)
    }

    pub(crate) fn observe(&self, signal: SessionSignal, lease: &Lease) {
        let session = (lease.session(), lease.binding());
        self.0.observe(signal, Some(session));
    }

    async fn close_all(
        &self,
        filter: SessionFilter,
        reason: CloseReason,
    ) -> Result<usize, SessionError> {
        let closed = self.0.store.close(filter, reason).await?;
        for _ in 0..closed {
            self.0.observe(SessionSignal::Closed(reason), None);
        }
        Ok(closed)
    }

    fn resumed(&self, id: SessionId, generation: u64, cursor: u64, found: Found) -> Resumed {
        let Found {
            binding,
            log,
            fence,
        } = found;
        let store = self.0.store.clone();
        let lease = Lease::new(store, id, generation, binding, fence);
        Resumed::new(self.clone(), lease, log, cursor)
    }

    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}
