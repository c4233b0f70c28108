//! One connection's hold on its session: [`Lease`].

use std::any::Any;
use std::array;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{SteadyTime, Timestamp};

use super::{Departure, Fence};
use crate::id::SessionId;
use crate::log::Log;
use crate::session::{Binding, Delivered};
use crate::sessions::{Sessions, part_of};

/// The right of one connection to emit, until another one replaces it. When it is dropped, the
/// session waits for its client.
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
/// // The connection takes one of the server's places.
/// let place = Arc::new(());
/// subscription.lease().hold(Arc::clone(&place));
/// assert_eq!(Arc::strong_count(&place), 2);
///
/// // The client comes back: the place of its old connection is free at once.
/// let resumed = sessions.resume(last_event_id, issued.key()).await?;
/// assert_eq!(Arc::strong_count(&place), 1);
/// assert_eq!(resumed.lease().session(), subscription.lease().session());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Lease {
    sessions: Sessions,
    session: SessionId,
    generation: u64,
    binding: Arc<Binding>,
    /// When the session ends, by the steady time of this node.
    ends_at: SteadyTime,
    /// The grant's deadline. Each event looks at it, and the binding is elsewhere in memory.
    deadline: Timestamp,
    fence: Fence,
    /// Whether the store was asked to let it in.
    is_asked: bool,
    /// Whether it opens its session, and the store has not answered yet.
    is_opening: bool,
}

impl Lease {
    /// Registers a new connection on this node. `now` is the store's time.
    pub(crate) fn new(
        sessions: &Sessions,
        session: SessionId,
        generation: u64,
        binding: &Arc<Binding>,
        log: &Arc<Log>,
        now: SteadyTime,
    ) -> Self {
        let left = binding.ends_at.saturating_since(now);
        let connections = sessions.connections();
        Self {
            session,
            generation,
            ends_at: sessions.steady().saturating_add(left),
            deadline: binding.grant.deadline(),
            fence: connections.register(session, generation, log, binding.owns_log),
            binding: Arc::clone(binding),
            sessions: sessions.clone(),
            is_asked: true,
            is_opening: generation == 1,
        }
    }

    /// The store has let the connection in.
    pub(crate) fn admit(&mut self) {
        self.is_opening = false;
        let connections = self.sessions.connections();
        connections.admit(self.session, self.generation);
    }

    /// The store may have let the connection in: those before it are cut.
    pub(crate) fn replace_others(&self) {
        let connections = self.sessions.connections();
        connections.replace(self.session, self.generation);
    }

    /// The store has not let the connection in.
    pub(crate) fn give_up(mut self) {
        self.is_asked = false;
    }

    /// The session's name.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// Which connection of the session it is. The first is 1.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// What the session is bound to.
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// How long the session may still last: until its deadline, or for what is left of the span that
    /// it had when it was opened, whichever is shorter. The two differ if the wall clock was set.
    pub fn time_left(&self) -> Duration {
        let clock = self.sessions.clock();
        let by_date = self.deadline.saturating_since(clock.now());
        by_date.min(self.ends_at.saturating_since(clock.steady()))
    }

    /// A part of this span that differs from session to session, and mostly from one connection of it to the next:
    /// clients that wait for it don't all come back in the same moment. Ids can't be guessed, so no randomness is drawn.
    pub(crate) fn jitter(&self, span: Duration) -> Duration {
        let id = self.session.as_bytes();
        let first = usize::try_from(self.generation % 16).unwrap_or_default();
        part_of(span, array::from_fn(|at| id[(first + at) % id.len()]))
    }

    /// Keeps something for as long as the connection lasts, such as its place among the open streams.
    /// It is freed in the moment in which the connection is replaced.
    pub fn hold(&self, thing: impl Any + Send) {
        self.fence.hold(Box::new(thing));
    }

    /// What stops the connection.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }

    /// The client took some bytes and asked for more.
    pub(crate) fn confirm(&self) {
        if self.fence.deliver(Delivered::Confirmed) {
            self.sessions.confirm(self.session, self.generation);
        }
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Self {
            sessions, session, ..
        } = self;
        self.fence.let_go();
        let connections = sessions.connections();
        if self.is_asked && !self.is_opening {
            connections.leave(*session, &self.fence);
        } else {
            connections.give_up(*session, &self.fence);
        }
        if self.is_asked {
            let delivered = self.fence.delivered();
            sessions.release(Departure {
                session: *session,
                generation: self.generation,
                delivered,
                at: sessions.steady(),
                may_be_early: self.is_opening,
            });
        }
    }
}
