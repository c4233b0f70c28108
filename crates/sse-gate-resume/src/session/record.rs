//! The state of a session, and its one step: [`Record`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::SteadyTime;
use subtle::ConstantTimeEq;

use super::grace::Grace;
use super::takeovers::Takeovers;
use super::{
    Binding, CloseReason, Delivered, GoneReason, InvalidIdReason, NodeId, Outcome, ShownId,
};
use crate::id::MAX_GENERATION;
use crate::log::{Bounds, LogEnd};

/// How long to keep a session whose client never received an event.
const UNUSED: Duration = Duration::from_secs(10);

/// A session as its store keeps it. **Each method is one atomic step**: a store calls it under a
/// lock, or in a transaction.
///
/// It has no clock and does no I/O. The store passes the time and the bounds of the log.
///
/// ```
/// use std::sync::Arc;
/// use sse_gate_core::{
///     GrantRequest, MemoryStore, Resource, SteadyTime, Subject, TokenGate, TokenKey,
/// };
/// use sse_gate_resume::backend::{
///     Binding, Bounds, LogEpoch, LogName, Outcome, Record, SessionEpoch, ShownId,
/// };
/// use sse_gate_resume::{InvalidIdReason, ResumePolicy};
///
/// # pollster::block_on(async {
/// # let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["chat"])?);
/// # let grant = TokenGate::new(MemoryStore::default()).grant(request).await?;
/// let (token, now) = (TokenKey::from_bytes([1; 32]), SteadyTime::from_millis(0));
/// let mut record = Record::new(Arc::new(Binding {
///     token,
///     grant,
///     salt: [2; 32],
///     log_name: LogName::new("answer 7")?,
///     log_epoch: LogEpoch::from_bytes([3; 8]),
///     owns_log: true,
///     base: 0,
///     start_after: 0,
///     arrival_epoch: SessionEpoch::ZERO,
///     arrived_at: now,
///     ends_at: SteadyTime::from_millis(3_600_000),
///     policy: ResumePolicy::default().with_strict_ids(),
/// }));
/// let log = Bounds { first: 1, last: 7, end: None };
///
/// // The client comes back with an id of its first connection.
/// let shown = ShownId { generation: 1, seq: 5, token };
/// let taken = record.redeem(&shown, &log, now);
/// assert_eq!(taken, Outcome::Resumed { generation: 2, again: false });
///
/// // A copy of that id closes the session.
/// let copied = record.redeem(&shown, &log, now);
/// assert_eq!(copied, Outcome::Refused(InvalidIdReason::Reuse));
/// assert!(record.closed().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub(super) binding: Arc<Binding>,
    pub(super) closed: Option<CloseReason>,
    pub(super) generation: u64,
    pub(super) grace: Grace,
    pub(super) idle_until: SteadyTime,
    /// Whether the connection of this generation is open.
    pub(super) is_attached: bool,
    /// Whether a client got something through any of its connections.
    pub(super) is_confirmed: bool,
    pub(super) takeovers: Takeovers,
    /// The node that has the connection, or had the last one.
    pub(super) node: NodeId,
    /// The last event of its own log and how that ended, once it has.
    pub(super) log_end: Option<(u64, LogEnd)>,
}

impl Record {
    /// A session whose first connection is open. The token was its generation 0, and has no window:
    /// it is taken once.
    pub fn new(binding: Arc<Binding>) -> Self {
        let arrived_at = binding.arrived_at;
        let idle_until = arrived_at.saturating_add(binding.policy.idle());
        Self {
            binding,
            closed: None,
            generation: 1,
            grace: Grace::none(arrived_at),
            idle_until,
            is_attached: true,
            is_confirmed: false,
            takeovers: Takeovers::new(arrived_at),
            node: NodeId::NONE,
            log_end: None,
        }
    }

    /// What it is bound to.
    pub fn binding(&self) -> &Arc<Binding> {
        &self.binding
    }

    /// Why it was closed, if it was.
    pub fn closed(&self) -> Option<CloseReason> {
        self.closed
    }

    /// The generation that counts: that of the last connection.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether its connection is open, as far as the server knows.
    pub fn is_attached(&self) -> bool {
        self.is_attached && self.closed.is_none()
    }

    /// The one step: lets a client go on, or not.
    ///
    /// | shown | outcome |
    /// |---|---|
    /// | another session's token, or an event from before its beginning | refused, nothing changes |
    /// | anything, of a session that is over | gone |
    /// | a generation that is yet to come | the session is closed |
    /// | the current generation | taken |
    /// | the one before, in its window, and not too often | taken again |
    /// | the same of a client that has had everything | gone, nothing changes |
    /// | the same, while the connection before is open, if such were replaced too often | too soon, and the window is prolonged once |
    /// | any other id | the session is closed |
    ///
    /// An id that is taken makes the generation one higher. The window of the generation before
    /// begins at that moment and does not slide. So an id is taken once, and within one window of
    /// that at most [`retries`](super::ResumePolicy::retries) times more.
    ///
    /// A client that is told that it is too soon gets the time to come back: the window of its id
    /// then ends a whole window after the takeovers are counted anew. That happens once for each
    /// generation.
    pub fn redeem(&mut self, shown: &ShownId, log: &Bounds, now: SteadyTime) -> Outcome {
        if !bool::from(shown.token.ct_eq(&self.binding.token)) {
            return Outcome::Refused(InvalidIdReason::OtherToken);
        }
        self.expire(now);
        if let Some(reason) = self.closed {
            return Outcome::Gone(GoneReason::Closed(reason));
        }
        if shown.seq < self.binding.base {
            return Outcome::Refused(InvalidIdReason::BeforeBase);
        }
        if shown.generation > self.generation {
            self.close(CloseReason::Rollback);
            return Outcome::Refused(InvalidIdReason::Rollback);
        }
        let is_current = shown.generation == self.generation;
        let policy = self.binding.policy;
        if !is_current && !self.grace.admits(shown.generation, &policy, now) {
            self.close(CloseReason::Reuse);
            return Outcome::Refused(InvalidIdReason::Reuse);
        }
        if log.is_over_for(shown.seq) {
            return Outcome::Gone(GoneReason::Complete);
        }
        if self.is_attached && !self.takeovers.take(&policy, now) {
            if !is_current {
                let span_end = self.takeovers.span_end(&policy);
                self.grace.extend_after(span_end, &policy);
            }
            return Outcome::TooSoon;
        }
        if is_current {
            self.grace = Grace::begin(shown.generation, &policy, now);
        } else {
            self.grace.count();
        }
        self.attach(now);
        Outcome::Resumed {
            generation: self.generation,
            again: !is_current,
        }
    }

    /// Lets the token count a second time, if the answer to it was lost within `window`: the client
    /// got nothing, or its connection is gone. Returns whether the token counts.
    pub fn reopen(&mut self, window: Duration, now: SteadyTime) -> bool {
        self.expire(now);
        let is_first = self.generation == 1 && self.closed.is_none();
        let is_lost = !self.is_confirmed || !self.is_attached;
        let is_late = self
            .binding
            .arrived_at
            .saturating_add(window)
            .has_passed(now);
        if !is_first || !is_lost || is_late {
            return false;
        }
        self.attach(now);
        true
    }

    /// The connection of this generation is gone, and the session waits for its client.
    ///
    /// If the client never got an id, it can only come back with its token. Then the session waits
    /// for 10 s, twice as long as an opening may be repeated.
    pub fn release(&mut self, generation: u64, delivered: Delivered, now: SteadyTime) {
        if generation != self.generation || self.closed.is_some() {
            return;
        }
        self.is_attached = false;
        self.idle_until = self.idle_end(now);
        if generation == 1 && delivered == Delivered::Nothing {
            self.idle_until = self.idle_until.min(now.saturating_add(UNUSED));
        }
    }

    /// The client of this generation got something: a write has succeeded.
    pub fn confirm(&mut self, generation: u64) {
        self.is_confirmed |= generation == self.generation;
    }

    /// Names the node that has the connection of this generation.
    pub fn serve_from(&mut self, node: NodeId) {
        self.node = node;
    }

    /// The node that has its connection, or had the last one.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// The node that had the connection is gone, and was last seen at `left_at`. The session waits
    /// for its client since then.
    pub fn orphan(&mut self, left_at: SteadyTime) {
        if self.is_attached() {
            self.is_attached = false;
            self.idle_until = self.idle_end(left_at);
        }
    }

    /// Notes how its own log has ended, so that a client that has all of it is told so when the log
    /// is gone.
    pub fn note_log_end(&mut self, log: &Bounds) {
        if let Some(end) = log.end
            && self.binding.owns_log
        {
            self.log_end.get_or_insert((log.last, end));
        }
    }

    /// The bounds of its log as they were when it ended, without events, if that was noted.
    pub fn ended_log(&self) -> Option<Bounds> {
        let (last, end) = self.log_end?;
        Some(Bounds {
            first: last.saturating_add(1),
            last,
            end: Some(end),
        })
    }

    /// Closes the session. Returns whether it was open. If it was not, the first reason stays.
    ///
    /// A payload that it kept is dropped: no work is started again for it.
    pub fn close(&mut self, reason: CloseReason) -> bool {
        let was_open = self.closed.is_none();
        self.closed.get_or_insert(reason);
        if self.binding.grant.payload_len() > 0 {
            let binding = Arc::make_mut(&mut self.binding);
            binding.grant = binding.grant.without_payload();
        }
        was_open
    }

    /// Closes the session if its time is up. Returns whether it did.
    pub fn expire(&mut self, now: SteadyTime) -> bool {
        // An id has no room for a higher generation.
        if self.binding.ends_at.has_passed(now) || self.generation == MAX_GENERATION {
            return self.close(CloseReason::Deadline);
        }
        if !self.is_attached && self.idle_until.has_passed(now) {
            return self.close(CloseReason::Idle);
        }
        false
    }

    /// When its time is up, if nothing happens before. For a closed session, when it may be
    /// forgotten. Until then, a client that comes back is told that it is over.
    pub fn ends_at(&self) -> SteadyTime {
        let Binding {
            ends_at, policy, ..
        } = &*self.binding;
        if self.closed.is_some() {
            ends_at.saturating_add(policy.idle())
        } else if self.is_attached {
            *ends_at
        } else {
            self.idle_until
        }
    }

    /// Whether it is over, and its client need no longer be told so.
    pub fn is_forgotten(&self, now: SteadyTime) -> bool {
        let Binding {
            ends_at, policy, ..
        } = &*self.binding;
        ends_at.saturating_add(policy.idle()).has_passed(now)
    }

    /// A new connection begins, in a generation of its own.
    fn attach(&mut self, now: SteadyTime) {
        self.generation += 1;
        self.is_attached = true;
        self.idle_until = self.idle_end(now);
    }

    fn idle_end(&self, now: SteadyTime) -> SteadyTime {
        now.saturating_add(self.binding.policy.idle())
            .min(self.binding.ends_at)
    }
}
