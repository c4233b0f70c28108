//! Sessions in memory, by a clock that the test moves: [`Stage`].

use std::sync::Arc;
use std::time::Duration;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::{
    Clock, Grant, GrantRequest, ManualClock, MemoryStore, Resource, Subject, TokenGate, TokenKey,
};
use sse_gate_resume::error::{AppendErrorKind, OpenError, ResumeError};
use sse_gate_resume::{
    Arrival, Log, LogBudget, LogLimits, Logs, MemorySessions, Opening, ResumeKey, ResumeKeys,
    ResumePolicy, Resumed, SessionLimits, Sessions, Subscription,
};

use super::{Client, CountedEntropy, RecordingObserver, StoreHandle};

/// Everything that a test needs.
pub(crate) struct Stage {
    pub(crate) clock: ManualClock,
    pub(crate) store: StoreHandle,
    pub(crate) sessions: Sessions,
    pub(crate) logs: Logs,
    pub(crate) signals: RecordingObserver,
    pub(crate) policy: ResumePolicy,
}

/// The key of the token of this number.
pub(crate) fn token(number: u8) -> TokenKey {
    TokenKey::from_bytes([number; 32])
}

/// The grant of a token that was issued at the beginning of a stage's time.
pub(crate) fn grant(subject: &str) -> Grant {
    granted(request(subject), ManualClock::default())
}

/// What is asked for.
pub(crate) fn request(subject: &str) -> GrantRequest {
    let subject = Subject::new(subject).unwrap();
    GrantRequest::new(subject, Resource::new(["chat", "1"]).unwrap())
}

/// The grant that a gate with this clock makes of a request now. By default, its deadline is an
/// hour from now.
pub(crate) fn granted(request: GrantRequest, clock: impl Clock) -> Grant {
    let gate = TokenGate::builder(MemoryStore::default()).with_clock(clock);
    block_on(gate.build().grant(request)).unwrap()
}

impl Default for Stage {
    fn default() -> Self {
        Self::new(SessionLimits::default(), LogLimits::default())
    }
}

impl Stage {
    pub(crate) fn new(limits: SessionLimits, log: LogLimits) -> Self {
        let clock = ManualClock::default();
        let store = StoreHandle::new(MemorySessions::new(limits).with_clock(clock.clone()));
        let key = ResumeKey::new('k', [7; 32]).unwrap();
        let signals = RecordingObserver::default();
        let sessions = Sessions::new(store.clone(), ResumeKeys::new(key))
            .with_clock(clock.clone())
            .with_entropy(CountedEntropy::default())
            .with_observer(signals.clone());
        let logs = Logs::new(log, LogBudget::default()).with_clock(clock.clone());
        Self {
            clock,
            store,
            sessions,
            logs: logs.with_entropy(CountedEntropy::default()),
            signals,
            policy: ResumePolicy::default(),
        }
    }

    pub(crate) fn with_policy(mut self, policy: ResumePolicy) -> Self {
        self.policy = policy;
        self
    }

    pub(crate) fn with_logs(mut self, logs: Logs) -> Self {
        self.logs = logs;
        self
    }

    pub(crate) fn log(&self) -> Log {
        block_on(self.logs.create()).unwrap()
    }

    /// The grant of a token that is issued now, by the stage's own clock.
    pub(crate) fn grant(&self, subject: &str) -> Grant {
        self.granted(request(subject))
    }

    /// The grant of a request that is made now, by the stage's own clock.
    pub(crate) fn granted(&self, request: GrantRequest) -> Grant {
        granted(request, self.clock.clone())
    }

    /// Opens a session on a log of its own.
    pub(crate) fn open(
        &self,
        grant: &Grant,
        token: TokenKey,
        log: &Log,
    ) -> Result<Subscription, OpenError> {
        self.open_in(self.arrival(), grant, token, log)
    }

    /// The same, for a token that was shown before.
    pub(crate) fn open_in(
        &self,
        arrival: Arrival,
        grant: &Grant,
        token: TokenKey,
        log: &Log,
    ) -> Result<Subscription, OpenError> {
        let log: Arc<Log> = Arc::new(log.clone());
        let opening = Opening::new(arrival, grant, token, log);
        block_on(self.sessions.open(opening.with_policy(self.policy)))
    }

    /// What is read before a token is taken.
    pub(crate) fn arrival(&self) -> Arrival {
        block_on(self.sessions.arrival()).unwrap()
    }

    /// A client of alice's, with token 1, on this log.
    pub(crate) fn alice(&self, log: &Log) -> Client {
        let opened = self.open(&self.grant("alice"), token(1), log);
        Client::new(token(1), opened.unwrap())
    }

    pub(crate) fn resume(&self, id: &str, token: TokenKey) -> Result<Resumed, ResumeError> {
        block_on(self.sessions.resume(id, token))
    }

    pub(crate) fn wait(&self, span: Duration) {
        self.clock.advance(span);
    }
}

/// Appends an event of this data.
pub(crate) fn append(log: &Log, data: &str) -> u64 {
    block_on(log.append(&Event::new().data(data))).unwrap()
}

/// Why an event is not appended, if it is not.
pub(crate) fn refused_by(log: &Log) -> Option<AppendErrorKind> {
    let appended = block_on(log.append(&Event::new().data("secret")));
    appended.err().map(|error| error.kind())
}
