//! What sessions are made of, and what they do with it: [`Parts`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sse_gate_codec::Event;
use sse_gate_core::{Clock, Entropy, SystemClock, SystemEntropy};

use crate::id::{IdPrefix, ResumeId, ResumeKeys, SessionId, Tag, TagContext};
use crate::log::Logs;
use crate::node::{Channel, Chores, Connections, Lease};
use crate::observer::{SessionInfo, SessionObserver, SessionSignal};
use crate::session::Binding;
use crate::store::SharedSessions;

/// How often a store is swept that does not name the sessions whose time is up, in milliseconds.
const BETWEEN_SWEEPS: u64 = 1_000;

/// The store, the keys, and the world outside.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) store: SharedSessions,
    pub(super) connections: Arc<Connections>,
    pub(super) chores: Chores,
    /// How the other nodes are heard, if there are any.
    pub(super) channel: Option<Channel>,
    /// When the store was swept last, in milliseconds of steady time.
    swept_at: Arc<AtomicU64>,
    is_sweeping: Arc<AtomicBool>,
    /// Where the logs of sessions are that this node does not have yet.
    pub(super) logs: Option<Logs>,
    keys: Arc<ResumeKeys>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) observer: Arc<dyn SessionObserver>,
}

impl Parts {
    pub(super) fn new(store: SharedSessions, keys: ResumeKeys) -> Self {
        Self {
            store,
            connections: Arc::default(),
            chores: Chores::default(),
            channel: None,
            swept_at: Arc::default(),
            is_sweeping: Arc::default(),
            logs: None,
            keys: Arc::new(keys),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            observer: Arc::new(()),
        }
    }

    pub(super) fn set_keys(&mut self, keys: ResumeKeys) {
        self.keys = Arc::new(keys);
    }

    /// Whether the store was not swept for a second. Then it is time, and this says so once.
    pub(super) fn is_time_to_sweep(&self) -> bool {
        let now = self.clock.steady().as_millis();
        let last = self.swept_at.load(Ordering::Relaxed);
        let is_due = now.saturating_sub(last) >= BETWEEN_SWEEPS;
        is_due
            && self
                .swept_at
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    /// Begins a sweep, unless one runs: a store that hangs is not asked again and again.
    pub(super) fn begin_sweep(&self) -> Option<Sweep> {
        let was_sweeping = self.is_sweeping.swap(true, Ordering::AcqRel);
        (!was_sweeping).then(|| Sweep(Arc::clone(&self.is_sweeping)))
    }

    /// What all ids of a connection begin with.
    pub(super) fn prefix(&self, lease: &Lease) -> IdPrefix {
        let context = context(lease.session(), lease.generation(), lease.binding());
        IdPrefix::new(self.keys.current(), &context)
    }

    /// Whether the id was made with one of the keys, for this session.
    pub(super) fn has_made(&self, id: &ResumeId, binding: &Binding) -> bool {
        let context = context(id.session, id.generation, binding);
        let key = self.keys.named(id.kid);
        key.is_some_and(|key| Tag::new(key, &context).is(&id.tag))
    }

    /// A random part of this span.
    pub(super) fn jitter(&self, span: Duration) -> Duration {
        let mut bytes = [0; 32];
        // No promise depends on it: without randomness, all clients wait equally long.
        let drawn = self.entropy.fill(&mut bytes);
        let [one, two, three, four, ..] = drawn.map_or([u8::MAX; 32], |()| bytes);
        part_of(span, [one, two, three, four])
    }

    /// Tells the observer.
    pub(super) fn observe(&self, signal: SessionSignal, session: Option<(SessionId, &Binding)>) {
        let session = session.map(|(id, binding)| SessionInfo::new(id, binding));
        self.observer.observe(signal, session);
    }
}

/// A sweep that runs. When it is dropped, another one may begin.
pub(super) struct Sweep(Arc<AtomicBool>);

impl Drop for Sweep {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// The part of this span, or of the longest wait that can be written, that these random bytes stand for. With fewer of
/// them, many clients would wait for the same time.
pub(crate) fn part_of(span: Duration, random: [u8; 4]) -> Duration {
    let parts = u32::from_le_bytes(random);
    span.min(Event::MAX_RETRY)
        .mul_f64(f64::from(parts) / f64::from(u32::MAX))
}

fn context(session: SessionId, generation: u64, binding: &Binding) -> TagContext<'_> {
    TagContext {
        session,
        generation,
        salt: &binding.salt,
        epoch: binding.log_epoch,
        resource: binding.grant.resource(),
        subject: binding.grant.subject(),
    }
}
