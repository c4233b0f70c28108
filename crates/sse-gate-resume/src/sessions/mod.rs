//! Opens sessions and closes them: [`Sessions`].

mod change;
mod listen;
mod parts;
mod resume;
mod resumption;

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Clock, Entropy, EntropyError, SteadyTime, Subject, SystemEntropy, TokenKey};

use crate::id::{IdPrefix, ResumeKeys, SessionId};
use crate::log::Logs;
use crate::memory::MemorySessions;
use crate::node::{Connections, Departure, Finished, Lease, Spawn, Work, join};
use crate::observer::{SessionObserver, SessionSignal};
use crate::opening::{Arrival, OpenError, Opening};
use crate::resumed::Resumed;
use crate::session::{Binding, CloseReason, Record, SessionError, SessionErrorKind};
use crate::store::{SessionKey, SessionStore, SharedSessions};
use crate::subscription::Subscription;

use parts::Parts;
pub(crate) use parts::part_of;

/// How many sessions of a subject are closed at a time.
const CLOSED_AT_A_TIME: usize = 64;

/// Opens sessions, lets their clients go on with them, and closes them. Clones share the sessions.
///
/// It knows no HTTP and no runtime.
///
/// ```
/// use std::sync::Arc;
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
/// use sse_gate_resume::{CloseReason, Logs, Opening, Sessions};
///
/// # pollster::block_on(async {
/// let (alice, chat) = (Subject::new("alice")?, Resource::new(["chat"])?);
/// let gate = TokenGate::new(MemoryStore::default());
/// let issued = gate.issue(GrantRequest::new(alice.clone(), chat.clone())).await?;
///
/// let sessions = Sessions::in_memory()?;
/// let arrival = sessions.arrival().await?;
/// let grant = gate.redeem(issued.token().expose(), &chat).await?;
/// let log = Arc::new(Logs::default().create().await?);
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
        Arc::ptr_eq(&self.0.connections, &other.0.connections)
    }

    /// Sets the clock, the system's by default. A store has a clock of its own.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with(|parts| parts.clock = Arc::new(clock))
    }

    /// Makes ids with these keys from now on. The sessions stay the same, so it rotates keys while
    /// the server runs.
    pub fn with_keys(self, keys: ResumeKeys) -> Self {
        self.with(|parts| parts.set_keys(keys))
    }

    /// Sets the source of ids, salts and jitter, the system's randomness by default.
    pub fn with_entropy(self, entropy: impl Entropy) -> Self {
        self.with(|parts| parts.entropy = Arc::new(entropy))
    }

    /// Sets the observer, which is told what happens. The default one does nothing.
    pub fn with_observer(self, observer: impl SessionObserver) -> Self {
        self.with(|parts| parts.observer = Arc::new(observer))
    }

    /// Says where the logs of sessions are kept, so that a client can go on with a session that was
    /// opened by another process, or before a restart.
    ///
    /// Without it, only the process that opened a session can go on with it.
    pub fn with_logs(self, logs: &Logs) -> Self {
        self.with(|parts| parts.logs = Some(logs.clone()))
    }

    /// Sets what runs work in the background that a connection leaves behind, such as telling a
    /// store that is not in this process that it is gone.
    ///
    /// Without it, such work goes on when the sessions are used next. `sse-gate` sets it to the tokio
    /// runtime.
    pub fn with_spawn(self, spawn: impl Spawn) -> Self {
        self.with(|parts| parts.chores = std::mem::take(&mut parts.chores).with_spawn(spawn))
    }

    /// Reads what [`Opening::new`] needs to know of the moment **before** the token is taken: how
    /// often sessions were revoked, and the time.
    pub async fn arrival(&self) -> Result<Arrival, SessionError> {
        self.0.chores.run_kept();
        self.check_hearing()?;
        let seen_at = self.steady();
        let moment = self.0.store.moment().await?;
        let has_more = moment.due.is_empty() || self.connections().has_unnoted();
        if has_more && self.0.is_time_to_sweep() {
            self.sweep();
        }
        if !moment.due.is_empty()
            && let Some(sweep) = self.0.begin_sweep()
        {
            let sessions = self.clone();
            self.0.chores.run(async move {
                // A store that fails now names them again.
                let _ = sessions.expire(moment.due).await;
                drop(sweep);
            });
        }
        Ok(Arrival {
            epoch: moment.epoch,
            at: moment.now,
            seen_at,
        })
    }

    /// Opens a session for a token that was just redeemed, and subscribes its first client.
    ///
    /// Once it has begun, it is finished, even if this future is dropped: then the session waits for its client.
    pub async fn open(&self, opening: Opening<'_>) -> Result<Subscription, OpenError> {
        let parts = &*self.0;
        let (id, salt) = SessionId::generate(&*parts.entropy)?;
        let place = opening.start().place(&opening.log.bounds());
        let (now, arrival) = (parts.clock.now(), opening.arrival);
        // The store's time, as far as it is known here.
        let store_now = arrival
            .at
            .saturating_add(self.steady().saturating_since(arrival.seen_at));
        let binding = Arc::new(Binding {
            token: opening.token,
            grant: opening.kept_grant(),
            salt,
            log_name: opening.log.name(),
            log_epoch: opening.log.epoch(),
            owns_log: opening.owns_log,
            base: place.base,
            start_after: place.cursor,
            arrival_epoch: arrival.epoch,
            arrived_at: arrival.at,
            ends_at: store_now.saturating_add(opening.grant.deadline().saturating_since(now)),
            policy: opening.policy,
        });
        let mut record = Record::new(Arc::clone(&binding));
        record.serve_from(parts.store.node());
        let mut lease = Lease::new(self, id, 1, &binding, &opening.log, store_now);
        // A store may go on without its caller. The departure of the lease counts only behind its answer.
        let (sessions, log) = (self.clone(), opening.log);
        let opened = async move {
            if let Err(error) = sessions.create(id, &record).await {
                // Without an answer, the store may have the session all the same. Then the lease's end is noted.
                if error.kind() != SessionErrorKind::Unavailable {
                    lease.give_up();
                }
                return Err(error.into());
            }
            lease.admit();
            sessions.observe(SessionSignal::Opened, &lease);
            Ok(Resumed::new(lease, log, place.cursor).subscribe())
        };
        Finished::new(opened, &parts.chores).await
    }

    /// Closes the session that this token has opened. Its client is told, and comes back no more.
    /// Returns whether the session was open.
    pub async fn close(&self, token: TokenKey, reason: CloseReason) -> Result<bool, SessionError> {
        self.0.chores.run_kept();
        let closed = self.close_one(SessionKey::Token(token), reason).await?;
        if closed {
            self.0.observe(SessionSignal::Closed(reason), None);
        }
        Ok(closed)
    }

    /// Closes all sessions of a subject at once, those included whose token was just shown.
    /// Returns how many were open.
    ///
    /// **Withdraw the subject's tokens first**
    /// ([`TokenGate::withdraw_all`](sse_gate_core::TokenGate::withdraw_all)), then call this. In that order, no
    /// token opens a session afterwards: if a token was taken just before it was withdrawn, its
    /// [`Arrival`] is older than this revocation, even if its handler opens the session minutes
    /// later. In the other order, a token could be taken between the two calls.
    ///
    /// Once it has begun, it is finished, even if this future is dropped.
    pub async fn revoke(&self, subject: &Subject) -> Result<usize, SessionError> {
        let chores = &self.0.chores;
        chores.run_kept();
        let (sessions, subject) = (self.clone(), subject.clone());
        let revocation = async move { sessions.close_all(subject).await };
        Finished::new(revocation, chores).await
    }

    async fn close_all(&self, subject: Subject) -> Result<usize, SessionError> {
        let parts = &*self.0;
        let (mut count, mut failed) = (0, None);
        for ids in parts.store.revoke(subject).await?.chunks(CLOSED_AT_A_TIME) {
            let closing = ids.iter().map(|id| {
                let (sessions, key) = (self.clone(), SessionKey::Id(*id));
                let closed = async move { sessions.close_one(key, CloseReason::Revoked).await };
                Box::pin(closed) as Work<Result<bool, SessionError>>
            });
            for closed in join(closing.collect()).await {
                match closed {
                    Ok(true) => {
                        parts.observe(SessionSignal::Closed(CloseReason::Revoked), None);
                        count += 1;
                    }
                    Ok(false) => {}
                    // One that can't be closed does not keep the others open.
                    Err(error) => failed = Some(error),
                }
            }
        }
        failed.map_or(Ok(count), Err)
    }

    /// Asks the writer of the log that belongs to this token's session to stop. The session stays:
    /// its client gets what the writer still publishes. Returns whether the subject has such a
    /// session that is not over.
    pub async fn stop(&self, token: TokenKey, subject: &Subject) -> Result<bool, SessionError> {
        let parts = &*self.0;
        let stored = self.load(SessionKey::Token(token)).await?;
        let own = stored.filter(|stored| {
            let record = &stored.record;
            record.closed().is_none() && record.binding().grant.subject() == subject
        });
        let Some(stored) = own else {
            return Ok(false);
        };
        let is_here = parts.connections.stop(stored.id);
        let is_told = self.stop_elsewhere(stored.record.binding()).await?;
        Ok(is_here || is_told)
    }

    /// Closes sessions whose time is up, and frees what they hold. A few are closed whenever one is
    /// opened. Call this from time to time, so that the others are closed, too.
    ///
    /// It does not wait: with a store that is not in this process, the work runs in the background
    /// ([`with_spawn`](Self::with_spawn)).
    pub fn sweep(&self) {
        self.0.chores.run_kept();
        let Some(sweep) = self.0.begin_sweep() else {
            return;
        };
        let sessions = self.clone();
        self.0.chores.run(async move {
            for departure in sessions.connections().take_unnoted() {
                sessions.note(departure).await;
            }
            // A store that fails now is asked again by the next sweep.
            while let Ok(true) = sessions.close_due().await {}
            drop(sweep);
        });
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

    pub(crate) fn connections(&self) -> &Connections {
        &self.0.connections
    }

    /// The client of this connection got something. It is noted in the background.
    pub(crate) fn confirm(&self, id: SessionId, generation: u64) {
        // Only the first connection can be opened a second time, so only there it matters.
        if generation > 1 {
            return;
        }
        let sessions = self.clone();
        self.0.chores.run(async move {
            let key = SessionKey::Id(id);
            let confirm = |record: &mut Record, _| record.confirm(generation);
            // If it fails, the token counts a second time for a little longer than it should.
            let _ = sessions.change(key, confirm).await;
        });
    }

    /// A connection is gone. It is noted in the background. If that fails, the next
    /// [`sweep`](Self::sweep) tries again.
    pub(crate) fn release(&self, departure: Departure) {
        let sessions = self.clone();
        self.0
            .chores
            .run(async move { sessions.note(departure).await });
    }

    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}
