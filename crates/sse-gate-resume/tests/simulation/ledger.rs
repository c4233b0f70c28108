//! What has happened, and the laws that it must keep: [`Ledger`].

use std::collections::BTreeMap;
use std::fmt;
use std::ops::AddAssign;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sse_gate_core::{Clock, ManualClock, SteadyTime, TokenKey};
use sse_gate_resume::backend::{LogEpoch, SessionId};

/// How long a connection may emit after it was replaced or closed on another node.
const MAX_SILENCE: Duration = Duration::from_secs(10);

/// What has happened. Each entry is checked against the laws as it is made.
#[derive(Clone)]
pub(crate) struct Ledger(Arc<Mutex<Book>>);

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}

struct Book {
    clock: ManualClock,
    connections: BTreeMap<SessionId, Vec<Connection>>,
    tokens: BTreeMap<[u8; 32], SessionId>,
    revocations: Vec<Revocation>,
    /// What writers were told is kept.
    acknowledged: BTreeMap<([u8; 8], u64), String>,
    /// What clients have seen.
    seen: BTreeMap<([u8; 8], u64), String>,
    /// How far clients are that follow a log.
    positions: BTreeMap<u64, (LogEpoch, u64)>,
    tally: Tally,
}

/// A connection that a node has let in.
#[derive(Clone, Copy)]
struct Connection {
    generation: u64,
    node: u64,
    at: SteadyTime,
    subject: u64,
    arrived_at: SteadyTime,
}

/// A sign-out that succeeded.
struct Revocation {
    subject: u64,
    began_at: SteadyTime,
    done_at: SteadyTime,
}

/// What is counted, to see that it happens at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) opened: u64,
    pub(crate) resumed: u64,
    pub(crate) resumed_elsewhere: u64,
    pub(crate) events: u64,
    pub(crate) completed: u64,
    pub(crate) failed_calls: u64,
    pub(crate) lost_notices: u64,
    pub(crate) doubled_notices: u64,
    pub(crate) crashes: u64,
    pub(crate) revocations: u64,
    pub(crate) clock_jumps: u64,
    pub(crate) thefts: u64,
    pub(crate) refused: u64,
    pub(crate) put_off: u64,
    pub(crate) takeovers: u64,
    pub(crate) recalled: u64,
    pub(crate) recalled_in_vain: u64,
    /// All that was seen, as one number.
    pub(crate) history: u64,
}

impl Ledger {
    pub(crate) fn new(clock: &ManualClock) -> Self {
        Self(Arc::new(Mutex::new(Book {
            clock: clock.clone(),
            connections: BTreeMap::new(),
            tokens: BTreeMap::new(),
            revocations: Vec::new(),
            acknowledged: BTreeMap::new(),
            seen: BTreeMap::new(),
            positions: BTreeMap::new(),
            tally: Tally::default(),
        })))
    }

    /// A law that was broken has left it as it was.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tally(&self, count: impl FnOnce(&mut Tally)) {
        count(&mut self.book().tally);
    }

    pub(crate) fn total(&self) -> Tally {
        self.book().tally
    }

    /// Prints what happens, if that is asked for.
    pub(crate) fn trace(&self, what: impl FnOnce() -> String) {
        if std::env::var_os("SSE_GATE_TRACE").is_some() {
            let now = self.book().clock.steady().as_millis();
            eprintln!("{now:>8} {}", what());
        }
    }

    /// A token has opened a session.
    pub(crate) fn opened(&self, token: TokenKey, session: SessionId) {
        let mut book = self.book();
        let before = book.tokens.insert(*token.as_bytes(), session);
        assert!(before.is_none(), "a token opens one session");
        book.tally.opened += 1;
    }

    /// A node has let a connection in.
    pub(crate) fn admitted(
        &self,
        session: SessionId,
        generation: u64,
        node: u64,
        subject: u64,
        arrived_at: SteadyTime,
    ) {
        self.trace(|| format!("{session:?} gets connection {generation} on node {node}, by {subject} who came at {arrived_at:?}"));
        let mut book = self.book();
        let at = book.clock.steady();
        let connections = book.connections.entry(session).or_default();
        let is_new = connections
            .iter()
            .all(|before| before.generation != generation);
        assert!(
            is_new,
            "one generation, one connection: {session:?}, {generation}"
        );
        let is_elsewhere = connections.last().is_some_and(|last| last.node != node);
        connections.push(Connection {
            generation,
            node,
            at,
            subject,
            arrived_at,
        });
        if generation > 1 {
            book.tally.resumed += 1;
            book.tally.resumed_elsewhere += u64::from(is_elsewhere);
        }
        book.note(generation);
    }

    /// A connection has emitted something.
    pub(crate) fn emitted(&self, session: SessionId, generation: u64, node: u64) {
        self.trace(|| format!("{session:?} emits on connection {generation} of node {node}"));
        let mut book = self.book();
        let now = book.clock.steady();
        let connections = &book.connections[&session];
        for later in connections
            .iter()
            .filter(|later| later.generation > generation)
        {
            let is_late = later.at.saturating_add(MAX_SILENCE) < now;
            assert!(
                !is_late && later.node != node,
                "a replaced connection is silent: {generation} after {}",
                later.generation
            );
        }
        // What counts is what it showed when it opened the session.
        let first = *connections.first().expect("it was admitted");
        for revocation in &book.revocations {
            let concerns =
                revocation.subject == first.subject && first.arrived_at < revocation.began_at;
            let is_late = revocation.done_at.saturating_add(MAX_SILENCE) < now;
            assert!(!(concerns && is_late), "a revoked session is silent");
        }
        book.note(generation);
    }

    /// A sign-out has succeeded.
    pub(crate) fn revoked(&self, subject: u64, began_at: SteadyTime) {
        self.trace(|| format!("user {subject} is revoked since {began_at:?}"));
        let mut book = self.book();
        let done_at = book.clock.steady();
        book.revocations.push(Revocation {
            subject,
            began_at,
            done_at,
        });
        book.tally.revocations += 1;
    }

    /// A writer was told that its event is kept.
    pub(crate) fn acknowledged(&self, log: LogEpoch, seq: u64, data: &str) {
        self.trace(|| format!("{log:?} acknowledges {seq}: {data}"));
        let mut book = self.book();
        let before = book
            .acknowledged
            .insert((log.to_bytes(), seq), data.to_owned());
        assert!(
            before.is_none(),
            "an acknowledged event is kept: {seq} has another one"
        );
        book.check(log, seq);
    }

    /// A client has got an event.
    pub(crate) fn seen(&self, log: LogEpoch, seq: u64, data: &str) {
        self.trace(|| format!("{log:?} is seen up to {seq}: {data}"));
        let mut book = self.book();
        let key = (log.to_bytes(), seq);
        let known = book.seen.entry(key).or_insert_with(|| data.to_owned());
        assert_eq!(known, data, "all clients see the same event");
        book.tally.events += 1;
        book.note(seq);
        book.check(log, seq);
    }

    /// How far a client is, if it follows a log.
    pub(crate) fn is_at(&self, subject: u64, position: Option<(LogEpoch, u64)>) {
        let mut book = self.book();
        match position {
            Some(position) => book.positions.insert(subject, position),
            None => book.positions.remove(&subject),
        };
    }

    /// A client was told that it has everything, after this event.
    pub(crate) fn completed(&self, log: LogEpoch, last: u64) {
        self.trace(|| format!("{log:?} is told to be complete after {last}"));
        let mut book = self.book();
        let beyond = (log.to_bytes(), last + 1)..=(log.to_bytes(), u64::MAX);
        let missing = book.acknowledged.range(beyond).next();
        assert!(missing.is_none(), "a client that is told so has everything");
        book.tally.completed += 1;
    }

    /// At the end, a store has these events in a log, from number 1 on.
    pub(crate) fn kept(&self, log: LogEpoch, events: &[String]) {
        let book = self.book();
        for (subject, (followed, last)) in &book.positions {
            let has_all = *followed != log || *last == events.len() as u64;
            assert!(
                has_all,
                "a client gets everything in the end: {subject} is at {last}"
            );
        }
        let all = (log.to_bytes(), 0)..=(log.to_bytes(), u64::MAX);
        for ((_, seq), data) in book.acknowledged.range(all) {
            let at = usize::try_from(seq - 1).unwrap();
            let kept = events.get(at).map(String::as_str);
            let is_kept = kept.is_some_and(|kept| kept.contains(&format!("data: {data}\n")));
            assert!(is_kept, "an acknowledged event is kept: {seq} is {kept:?}");
        }
    }
}

impl Book {
    /// What a client sees is what was acknowledged.
    fn check(&self, log: LogEpoch, seq: u64) {
        let key = (log.to_bytes(), seq);
        if let (Some(seen), Some(told)) = (self.seen.get(&key), self.acknowledged.get(&key)) {
            assert_eq!(seen, told, "an acknowledged event is kept");
        }
    }

    fn note(&mut self, what: u64) {
        let now = self.clock.steady().as_millis();
        let history = self.tally.history ^ what ^ (now << 8);
        self.tally.history = history.wrapping_mul(0x0000_0100_0000_01B3).rotate_left(7);
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.opened += other.opened;
        self.resumed += other.resumed;
        self.resumed_elsewhere += other.resumed_elsewhere;
        self.events += other.events;
        self.completed += other.completed;
        self.failed_calls += other.failed_calls;
        self.lost_notices += other.lost_notices;
        self.doubled_notices += other.doubled_notices;
        self.crashes += other.crashes;
        self.revocations += other.revocations;
        self.clock_jumps += other.clock_jumps;
        self.thefts += other.thefts;
        self.refused += other.refused;
        self.put_off += other.put_off;
        self.takeovers += other.takeovers;
        self.recalled += other.recalled;
        self.recalled_in_vain += other.recalled_in_vain;
    }
}

impl Tally {
    /// Everything has happened.
    pub(crate) fn assert_full(&self) {
        for (what, count) in [
            ("opened", self.opened),
            ("resumed", self.resumed),
            ("resumed elsewhere", self.resumed_elsewhere),
            ("events", self.events),
            ("completed", self.completed),
            ("failed calls", self.failed_calls),
            ("lost notices", self.lost_notices),
            ("doubled notices", self.doubled_notices),
            ("crashes", self.crashes),
            ("revocations", self.revocations),
            ("clock jumps", self.clock_jumps),
            ("thefts", self.thefts),
            ("refused", self.refused),
            ("put off", self.put_off),
            ("takeovers", self.takeovers),
            ("recalled", self.recalled),
            ("recalled in vain", self.recalled_in_vain),
        ] {
            assert!(count > 0, "nothing was {what}: {self:?}");
        }
    }
}
