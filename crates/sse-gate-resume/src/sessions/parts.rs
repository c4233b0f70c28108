//! What sessions are made of, and what they do with it: [`Parts`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_codec::Event;
use sse_gate_core::{Clock, Entropy, SystemClock, SystemEntropy};

use crate::id::{IdPrefix, ResumeId, ResumeKeys, SessionId, Tag, TagContext};
use crate::log::Logs;
use crate::node::{Chores, Connections, Lease};
use crate::observer::{SessionInfo, SessionObserver, SessionSignal};
use crate::session::Binding;
use crate::store::SharedSessions;

/// The store, the keys, and the world outside.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) store: SharedSessions,
    pub(super) connections: Arc<Connections>,
    pub(super) chores: Chores,
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
        let drawn = self.entropy.fill(&mut bytes).map_or(u8::MAX, |()| bytes[0]);
        // No longer wait can be written.
        span.min(Event::MAX_RETRY)
            .mul_f64(f64::from(drawn) / f64::from(u8::MAX))
    }

    /// Tells the observer.
    pub(super) fn observe(&self, signal: SessionSignal, session: Option<(SessionId, &Binding)>) {
        let session = session.map(|(id, binding)| SessionInfo::new(id, binding));
        self.observer.observe(signal, session);
    }
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
