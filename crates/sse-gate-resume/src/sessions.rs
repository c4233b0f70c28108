//! Opens sessions and lets clients go on with them: [`Sessions`].

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use sse_gate_codec::Event;
use sse_gate_core::{Clock, Entropy, SteadyTime, Subject, SystemClock, SystemEntropy, TokenKey};
use subtle::ConstantTimeEq;

use crate::frames;
use crate::id::{IdPrefix, ResumeId, ResumeKeys, SessionId, Tag, TagContext};
use crate::observer::{About, SessionObserver, SessionSignal};
use crate::opening::{Arrival, OpenError, Opening, Start};
use crate::resumed::{NotResumed, Resumed};
use crate::session::{
    Binding, CloseReason, Found, Gone, Lease, Presented, Record, Redeemed, Refused, SessionError,
    SessionStore, SharedSessions, Whom,
};
use crate::subscription::Subscription;

/// The longest that the first answer to a token may count as lost.
const MAX_OPENING_GRACE: Duration = Duration::from_secs(5);

/// Opens sessions, and lets their clients go on with them. Clones are the same.
///
/// It knows no HTTP and no runtime.
#[derive(Clone, Debug)]
pub struct Sessions(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    store: SharedSessions,
    keys: Arc<ResumeKeys>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    observer: Arc<dyn SessionObserver>,
}

impl Sessions {
    /// Sessions in this store, with ids made by these keys.
    pub fn new(store: impl SessionStore, keys: ResumeKeys) -> Self {
        Self(Arc::new(Inner {
            store: SharedSessions::new(store),
            keys: Arc::new(keys),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            observer: Arc::new(()),
        }))
    }

    /// The clock to go by, the system's by default. A store has one of its own.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with(|inner| inner.clock = Arc::new(clock))
    }

    /// Where ids, salts and jitter come from, the system's randomness by default.
    pub fn with_entropy(self, entropy: impl Entropy) -> Self {
        self.with(|inner| inner.entropy = Arc::new(entropy))
    }

    /// Who is told what happens; nobody by default.
    pub fn with_observer(self, observer: impl SessionObserver) -> Self {
        self.with(|inner| inner.observer = Arc::new(observer))
    }

    /// What [`Opening::new`] needs to know of the moment **before** the token is taken that is to
    /// open the session: how often sessions were revoked, and the time.
    pub async fn arrival(&self) -> Result<Arrival, SessionError> {
        let at = self.steady();
        let epoch = self.0.store.epoch().await?;
        Ok(Arrival { epoch, at })
    }

    pub(crate) fn steady(&self) -> SteadyTime {
        self.0.clock.steady()
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
        let inner = &*self.0;
        let id = SessionId::generate(&*inner.entropy)?;
        let mut salt = [0; 32];
        inner.entropy.fill(&mut salt)?;
        let bounds = opening.log.bounds();
        let base = match opening.start {
            // What is gone already is a gap.
            Start::FromBeginning => 0,
            Start::FromNow => bounds.last,
        };
        let (now, steady) = (inner.clock.now(), inner.clock.steady());
        let binding = Arc::new(Binding {
            token: opening.token,
            grant: opening.grant.without_payload(),
            salt,
            epoch: opening.log.epoch(),
            base,
            shown_in: opening.arrival.epoch,
            opened_at: opening.arrival.at,
            ends_at: steady.saturating_add(opening.grant.deadline().saturating_since(now)),
            policy: opening.policy,
        });
        let record = Record::new(Arc::clone(&binding));
        let log = Arc::clone(&opening.log);
        let opened = inner.store.open(id, record, log, opening.owns_log).await;
        let found = Found {
            fence: opened?,
            log: opening.log,
            binding,
        };
        inner.tell(SessionSignal::Opened, Some((id, &found.binding)));
        Ok(self.resumed(id, 1, base, found).subscribe())
    }

    /// Lets a client go on that shows `id` and the token in its URL, if it may.
    ///
    /// The order: spelling; the session, which the store is asked for; the tag, in constant time;
    /// then the one step that changes anything, [`Record::redeem`].
    pub async fn resume(&self, id: &str, token: TokenKey) -> Result<Resumed, NotResumed> {
        let resumed = self.resume_if(id, token, |_, _| Some(())).await;
        resumed.map(|(resumed, ())| resumed)
    }

    /// The same, if `admit` has a place for the client. It is asked before anything changes, about
    /// clients whose credentials look good, and what it gives is dropped if they are not.
    pub async fn resume_if<T: Send>(
        &self,
        id: &str,
        token: TokenKey,
        admit: impl FnOnce(SessionId, &Binding) -> Option<T> + Send,
    ) -> Result<(Resumed, T), NotResumed> {
        let inner = &*self.0;
        let Some(id) = ResumeId::parse(id) else {
            return Err(inner.refuse(Refused::Malformed, None));
        };
        let found = inner.store.find(id.session).await;
        let Some(binding) = found.map_err(|error| inner.unavailable(error))? else {
            return Err(inner.refuse(Refused::Unknown, None));
        };
        let about = Some((id.session, &*binding));
        if !inner.made(&id, &binding) {
            return Err(inner.refuse(Refused::Forged, about));
        }
        let shown = Presented {
            generation: id.generation,
            seq: id.seq,
            token,
        };
        // Who has the other factor is not told whether there is a place.
        let has_both = bool::from(token.ct_eq(&binding.token));
        let place = has_both.then(|| admit(id.session, &binding)).flatten();
        if has_both && place.is_none() {
            inner.tell(SessionSignal::NotAdmitted, about);
            return Err(NotResumed::NotAdmitted);
        }
        let redeemed = inner.store.redeem(id.session, shown).await;
        match redeemed.map_err(|error| inner.unavailable(error))? {
            Redeemed::Unknown => Err(inner.refuse(Refused::Unknown, about)),
            Redeemed::Refused(refused) => Err(inner.refuse(refused, about)),
            Redeemed::Gone(gone) => Err(inner.gone(gone, about)),
            Redeemed::TooSoon => {
                inner.tell(SessionSignal::TooSoon, about);
                Err(NotResumed::TooSoon)
            }
            Redeemed::Resumed {
                found,
                generation,
                again,
            } => {
                let Some(place) = place else {
                    return Err(inner.refuse(Refused::OtherToken, about));
                };
                inner.tell(SessionSignal::Resumed { again }, about);
                Ok((self.resumed(id.session, generation, id.seq, found), place))
            }
        }
    }

    /// Lets the token itself count a second time, if the first answer to it was lost within
    /// `grace`, 5 s at most. The connection before is cut.
    ///
    /// It weakens single use: whoever reads the URL in that time, and is faster than the client,
    /// has the stream, and the client has not.
    pub async fn reopen(&self, token: TokenKey, grace: Duration) -> Result<Resumed, NotResumed> {
        let inner = &*self.0;
        let grace = grace.min(MAX_OPENING_GRACE);
        let reopened = inner.store.reopen(token, grace).await;
        let Some(reopened) = reopened.map_err(|error| inner.unavailable(error))? else {
            return Err(NotResumed::Refused(Refused::Unknown));
        };
        let (id, found) = (reopened.id, reopened.found);
        inner.tell(SessionSignal::Reopened, Some((id, &found.binding)));
        let base = found.binding.base;
        Ok(self.resumed(id, reopened.generation, base, found))
    }

    /// All that a client gets that can't be served now: the id that it showed, and when to come
    /// back, between `wait` and twice as much. Nothing is consumed.
    ///
    /// For a client of which nobody has said yet whether it may go on. Any error would stop a
    /// native `EventSource` for good.
    pub fn put_off(&self, id: &str, wait: Duration) -> Bytes {
        let mut buffer = BytesMut::new();
        let wait = wait.saturating_add(self.jitter(wait));
        match ResumeId::parse(id) {
            Some(_) => frames::wait(wait, id, &mut buffer),
            None => frames::retry(wait, &mut buffer),
        }
        buffer.freeze()
    }

    /// Closes the session that this token has opened. Its client is told, and comes back no more.
    /// Whether it was open.
    pub async fn close(&self, token: TokenKey, reason: CloseReason) -> Result<bool, SessionError> {
        Ok(self.close_whose(Whom::Token(token), reason).await? > 0)
    }

    /// Closes all sessions of a subject whose right to them has ended: at once, and those too
    /// whose token was just shown. How many were open.
    ///
    /// **Withdraw the subject's tokens first** ([`TokenGate::withdraw_all`](sse_gate_core::TokenGate), then
    /// this), so that it opens no others. In that order, a token that was taken just before its
    /// subject's tokens were withdrawn opens nothing either: its [`Arrival`] is older than this
    /// revocation, even if its handler opens the session minutes later. The other way round, a token
    /// could be taken between the two.
    pub async fn revoke(&self, subject: &Subject) -> Result<usize, SessionError> {
        let whose = Whom::Subject(subject.clone());
        self.close_whose(whose, CloseReason::Revoked).await
    }

    /// Asks the writer of the log that belongs to this token's session to stop. The session stays:
    /// its client gets what the writer has still to say. Whether the subject has such a session
    /// that is not over.
    pub async fn stop(&self, token: TokenKey, subject: &Subject) -> Result<bool, SessionError> {
        self.0.store.stop(token, subject.clone()).await
    }

    /// Frees what is over. The store does so by and by while it is used; this is for one that is
    /// not.
    pub fn sweep(&self) {
        self.0.store.sweep();
    }

    async fn close_whose(&self, whose: Whom, reason: CloseReason) -> Result<usize, SessionError> {
        let closed = self.0.store.close(whose, reason).await?;
        for _ in 0..closed {
            self.0.tell(SessionSignal::Closed(reason), None);
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

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// What all ids of a connection begin with.
    pub(crate) fn prefix(&self, lease: &Lease) -> IdPrefix {
        let context = context(lease.session(), lease.generation(), lease.binding());
        IdPrefix::new(self.0.keys.current(), &context)
    }

    /// A part of this span, drawn anew each time, so that those who wait for it don't wait
    /// equally long.
    pub fn jitter(&self, span: Duration) -> Duration {
        let mut bytes = [0; 32];
        // Nothing depends on it but comfort: without randomness all wait equally long.
        let drawn = self
            .0
            .entropy
            .fill(&mut bytes)
            .map_or(u8::MAX, |()| bytes[0]);
        // What is longer than any wait that can be written needs no other part of it.
        span.min(Event::MAX_RETRY)
            .mul_f64(f64::from(drawn) / f64::from(u8::MAX))
    }

    pub(crate) fn tell(&self, signal: SessionSignal, lease: &Lease) {
        self.0
            .tell(signal, Some((lease.session(), lease.binding())));
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl Inner {
    /// Whether the id was made here, for this session.
    fn made(&self, id: &ResumeId, binding: &Binding) -> bool {
        let context = context(id.session, id.generation, binding);
        let key = self.keys.named(id.kid);
        key.is_some_and(|key| Tag::new(key, &context).is(&id.tag))
    }

    fn refuse(&self, refused: Refused, about: Option<(SessionId, &Binding)>) -> NotResumed {
        self.tell(SessionSignal::Refused(refused), about);
        NotResumed::Refused(refused)
    }

    fn gone(&self, gone: Gone, about: Option<(SessionId, &Binding)>) -> NotResumed {
        self.tell(SessionSignal::Gone(gone), about);
        NotResumed::Gone(gone)
    }

    fn unavailable(&self, error: SessionError) -> NotResumed {
        self.tell(SessionSignal::Unavailable, None);
        NotResumed::Unavailable(error)
    }

    fn tell(&self, signal: SessionSignal, about: Option<(SessionId, &Binding)>) {
        let about = about.map(|(id, binding)| About::new(id, binding));
        self.observer.observe(signal, about);
    }
}

fn context(session: SessionId, generation: u64, binding: &Binding) -> TagContext<'_> {
    TagContext {
        session,
        generation,
        salt: &binding.salt,
        epoch: binding.epoch,
        resource: binding.grant.resource(),
        subject: binding.grant.subject(),
    }
}
