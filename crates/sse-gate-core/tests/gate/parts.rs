//! What most of these tests need: a gate on a clock that is moved by hand, and all it signals.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{
    Entropy, EntropyError, Grant, GrantRequest, IssueError, Issued, Limits, ManualClock,
    MemoryStore, Observer, RedeemError, RefusalReason, Resource, Signal, Subject, SystemEntropy,
    TokenGate,
};

/// A gate over a [`MemoryStore`] of its own.
pub(crate) struct Scene {
    pub(crate) gate: TokenGate<Arc<MemoryStore>>,
    pub(crate) clock: ManualClock,
    pub(crate) seen: Arc<Recorder>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        Self::of(limits, SystemEntropy)
    }

    /// A gate whose tokens are the same each time. The table of what became of tokens is small, and of random ones, two
    /// may be in the same place.
    pub(crate) fn that_forgets_nothing() -> Self {
        Self::of(Limits::default(), CountedEntropy::default())
    }

    fn of(limits: Limits, entropy: impl Entropy) -> Self {
        let (clock, seen) = (ManualClock::default(), Arc::new(Recorder::default()));
        let gate = TokenGate::builder(MemoryStore::with_clock(limits, clock.clone()))
            .with_clock(clock.clone())
            .with_entropy(entropy)
            .with_observer(Arc::clone(&seen))
            .build();
        Self { gate, clock, seen }
    }

    /// A token of `subject`'s for [`chat`].
    pub(crate) fn try_issue(&self, subject: &str) -> Result<Issued, IssueError> {
        block_on(self.gate.issue(grant(subject)))
    }

    /// As [`try_issue`](Self::try_issue), where there is room.
    pub(crate) fn issue(&self, subject: &str) -> Issued {
        self.try_issue(subject).unwrap()
    }

    /// Shows `token` for [`chat`].
    pub(crate) fn redeem(&self, token: &str) -> Result<Grant, RedeemError> {
        block_on(self.gate.redeem(token, &chat()))
    }

    /// Shows `token` for [`chat`], where it is refused.
    pub(crate) fn reason(&self, token: &str) -> RefusalReason {
        self.redeem(token).unwrap_err().reason()
    }

    pub(crate) fn advance_millis(&self, millis: u64) {
        self.clock.advance(Duration::from_millis(millis));
    }
}

#[derive(Debug, Default)]
struct CountedEntropy(AtomicU8);

impl Entropy for CountedEntropy {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
        *bytes = [self.0.fetch_add(1, Ordering::Relaxed); 32];
        Ok(())
    }
}

/// Remembers every signal.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Vec<Signal>>);

impl Recorder {
    pub(crate) fn count(&self, signal: Signal) -> usize {
        let signals = self.0.lock().unwrap();
        signals.iter().filter(|seen| **seen == signal).count()
    }

    pub(crate) fn take(&self) -> Vec<Signal> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Observer for Recorder {
    fn observe(&self, signal: Signal) {
        self.0.lock().unwrap().push(signal);
    }
}

pub(crate) fn subject(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

pub(crate) fn chat() -> Resource {
    Resource::new(["chat", "42"]).unwrap()
}

pub(crate) fn grant(name: &str) -> GrantRequest {
    GrantRequest::new(subject(name), chat())
}

/// A token of the right spelling that no gate of these tests issued.
pub(crate) fn stranger() -> Issued {
    Scene::new().issue("nobody")
}
