//! Sessions in memory: opened, closed, and resumed with the id of an event.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::BytesMut;
use sse_gate::sessions::{
    CloseReason, Log, LogLimits, Logs, MemorySessions, Opening, ResumeKey, ResumeKeys,
    ResumePolicy, SessionLimits, Sessions as Registry, Subscription,
};
use sse_gate_benches::ready;
use sse_gate_core::{GrantRequest, ManualClock, MemoryStore, Resource, TokenGate, TokenKey};

use crate::order::AnyOf;
use crate::{Make, Owners, Step};

pub(crate) const STEPS: [(&str, Make); 3] = [
    ("a session is opened and closed", newest),
    ("a session is opened, any other closed", any),
    ("any session is resumed", resumed),
];

/// Time between two steps. Sessions that are over are remembered for a while, which passes.
const BETWEEN_STEPS: Duration = Duration::from_millis(10);

struct Sessions {
    clock: ManualClock,
    registry: Registry,
    gate: TokenGate<Arc<MemoryStore>>,
    log: Log,
    policy: ResumePolicy,
    owners: Owners,
    open: Vec<Session>,
    opened: u64,
}

struct Session {
    token: TokenKey,
    connection: Subscription,
    /// The id of its last event.
    id: String,
}

impl Sessions {
    fn new(count: usize, owners: Owners) -> Self {
        let clock = ManualClock::default();
        let max = count + 1;
        let limits = SessionLimits::default()
            .with_max(max)
            .with_max_per_subject(owners.most_of_one(max));
        let store = MemorySessions::new(limits).with_clock(clock.clone());
        let key = ResumeKey::new('k', [7; 32]).expect("a good key");
        let gate = TokenGate::builder(MemoryStore::default()).with_clock(clock.clone());
        let logs = Logs::default().with_limits(LogLimits::default().with_max_events(8));
        let logs = logs.with_clock(clock.clone());
        let mut sessions = Self {
            registry: Registry::new(store, ResumeKeys::new(key)).with_clock(clock.clone()),
            gate: gate.build(),
            log: ready(logs.create()).expect("there is randomness"),
            policy: ResumePolicy::default()
                .with_idle(Duration::from_secs(1))
                .with_takeovers(u32::MAX, Duration::from_secs(1)),
            clock,
            owners,
            open: Vec::new(),
            opened: 0,
        };
        for _ in 0..count {
            let session = sessions.open();
            sessions.open.push(session);
        }
        sessions
    }

    fn open(&mut self) -> Session {
        let number = self.opened;
        self.opened += 1;
        let mut token = [0; 32];
        token[..8].copy_from_slice(&number.to_be_bytes());
        let token = TokenKey::from_bytes(token);
        let resource = Resource::new(["chat", "1"]).expect("two short parts");
        let subject = self.owners.subject(usize::try_from(number).unwrap_or(0));
        let grant = ready(self.gate.grant(GrantRequest::new(subject, resource)));
        let grant = grant.expect("a good request");
        let arrival = ready(self.registry.arrival()).expect("a store in memory");
        let log = Arc::new(self.log.clone());
        let opening = Opening::new(arrival, &grant, token, log)
            .on_shared_log()
            .with_policy(self.policy);
        let connection = ready(self.registry.open(opening)).expect("there is room");
        Session {
            token,
            connection,
            id: String::new(),
        }
    }

    fn close(&self, session: &Session) {
        let closed = self.registry.close(session.token, CloseReason::Revoked);
        assert!(ready(closed).expect("a store in memory"), "it is open");
        self.clock.advance(BETWEEN_STEPS);
    }

    fn resume(&self, session: &Session) -> Session {
        let resumed = self.registry.resume(&session.id, session.token);
        let mut resumed = Session {
            token: session.token,
            connection: ready(resumed).expect("a good id").subscribe(),
            id: String::new(),
        };
        resumed.read();
        resumed
    }
}

impl Session {
    /// Reads the first block of a connection, and keeps its id.
    fn read(&mut self) {
        let mut bytes = BytesMut::new();
        let mut cx = Context::from_waker(Waker::noop());
        let written = self.connection.poll_write(&mut cx, &mut bytes);
        assert!(matches!(written, Poll::Ready(_)), "nothing to read");
        let text = String::from_utf8_lossy(&bytes);
        let id = text.lines().find_map(|line| line.strip_prefix("id: "));
        id.expect("an event with an id").clone_into(&mut self.id);
    }
}

fn newest(count: usize, owners: Owners) -> Step {
    let mut sessions = Sessions::new(count, owners);
    Box::new(move || {
        let session = sessions.open();
        sessions.close(&session);
    })
}

fn any(count: usize, owners: Owners) -> Step {
    let (mut sessions, mut order) = (Sessions::new(count, owners), AnyOf::new());
    Box::new(move || {
        let session = sessions.open();
        let at = order.next(count);
        let closed = std::mem::replace(&mut sessions.open[at], session);
        sessions.close(&closed);
    })
}

fn resumed(count: usize, owners: Owners) -> Step {
    let (mut sessions, mut order) = (Sessions::new(count, owners), AnyOf::new());
    for session in &mut sessions.open {
        session.read();
    }
    Box::new(move || {
        let at = order.next(count);
        sessions.open[at] = sessions.resume(&sessions.open[at]);
        sessions.clock.advance(BETWEEN_STEPS);
    })
}
