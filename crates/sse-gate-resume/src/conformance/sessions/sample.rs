//! Sessions to try a store with: [`Sample`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{
    Entropy, GrantRequest, MemoryStore, Resource, SteadyTime, Subject, SystemEntropy, TokenGate,
    TokenKey,
};

use crate::id::SessionId;
use crate::log::{LogEpoch, LogName};
use crate::session::{Binding, Record, ResumePolicy, SessionEpoch};
use crate::store::{Moment, SessionStore, StoredSession};

use super::operations::moment;

/// How long the sessions of most checks last: longer than any check runs.
const LONG: Duration = Duration::from_secs(3_600);

/// The session of a token that was shown just now.
pub(super) struct Sample {
    pub(super) id: SessionId,
    pub(super) binding: Binding,
}

impl Sample {
    /// A session of this subject.
    pub(super) async fn of<S: SessionStore>(store: &S, subject: &str) -> Self {
        Self::at(&moment(store).await, subject)
    }

    pub(super) fn at(moment: &Moment, subject: &str) -> Self {
        let [id, token, salt] = [(); 3].map(|()| random());
        let epoch: [u8; 8] = std::array::from_fn(|at| id[at]);
        Self {
            id: SessionId::from_bytes(std::array::from_fn(|at| id[at + 8])),
            binding: Binding {
                token: TokenKey::from_bytes(token),
                grant: grant(subject),
                salt,
                log_name: LogName::new("kit/zoë").expect("it is short"),
                log_epoch: LogEpoch::from_bytes(epoch),
                owns_log: true,
                base: 3,
                start_after: 5,
                arrival_epoch: moment.epoch,
                arrived_at: moment.now,
                ends_at: moment.now.saturating_add(LONG),
                policy: ResumePolicy::default(),
            },
        }
    }

    /// The same session, whose token was shown in this epoch.
    pub(super) fn in_epoch(mut self, epoch: SessionEpoch) -> Self {
        self.binding.arrival_epoch = epoch;
        self
    }

    /// The same session, which ends after `life`, and waits for its client for `idle`.
    pub(super) fn lasting(mut self, life: Duration, idle: Duration) -> Self {
        self.binding.ends_at = self.binding.arrived_at.saturating_add(life);
        self.binding.policy = self.binding.policy.with_idle(idle);
        self
    }

    /// Its record when its first connection is open.
    pub(super) fn record(&self) -> Record {
        Record::new(Arc::new(self.binding.clone()))
    }

    /// It, as a store would have it that has just created it.
    pub(super) fn stored(&self, now: SteadyTime) -> StoredSession {
        StoredSession {
            id: self.id,
            record: self.record(),
            version: 0,
            now,
            node_left_at: None,
            is_recalled: false,
        }
    }
}

/// The subject of this name.
pub(super) fn subject(name: &str) -> Subject {
    Subject::new(name).expect("the checks use good names")
}

fn grant(name: &str) -> sse_gate_core::Grant {
    let resource = Resource::new(["conformance", "sample"]).expect("two short parts");
    let request = GrantRequest::new(subject(name), resource);
    let gate = TokenGate::new(MemoryStore::default());
    pollster::block_on(gate.grant(request)).expect("a gate in memory grants")
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    let filled = SystemEntropy.fill(&mut bytes);
    filled.expect("a test machine has randomness");
    bytes
}
