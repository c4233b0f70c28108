//! The rules of a session, said once more as a history: [`Model`].
//!
//! It keeps no generation, no predecessor and no counter. It keeps what made each connection, and
//! looks there whenever it is asked something. Times are in milliseconds.

use sse_gate_resume::backend::Outcome;
use sse_gate_resume::{CloseReason, GoneReason, InvalidIdReason};

/// What is agreed for a session's whole life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// How long an id that was taken is taken again.
    pub(crate) window: u64,
    /// How often.
    pub(crate) retries: usize,
    /// How long a client that has gone is waited for.
    pub(crate) idle: u64,
    pub(crate) opened: u64,
    pub(crate) deadline: u64,
    pub(crate) base: u64,
}

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    pub(crate) generation: u64,
    pub(crate) seq: u64,
    pub(crate) is_own_token: bool,
}

/// What made a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    ByToken,
    ById(u64),
}

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) rules: Rules,
    /// What made each connection, the first to the last, and when.
    connections: Vec<(Made, u64)>,
    /// When the last of them went, if it has.
    left: Option<u64>,
    pub(crate) over: Option<CloseReason>,
    a_client_got_something: bool,
}

impl Model {
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            rules,
            connections: vec![(Made::ByToken, rules.opened)],
            left: None,
            over: None,
            a_client_got_something: false,
        }
    }

    /// The number of the last connection; the first is 1.
    pub(crate) fn last(&self) -> u64 {
        self.connections.len() as u64
    }

    pub(crate) fn is_served(&self) -> bool {
        self.over.is_none() && self.left.is_none()
    }

    pub(crate) fn left(&self) -> Option<u64> {
        self.left
    }

    /// When the id of the last connection but those that came of it was taken first.
    pub(crate) fn taken_first(&self) -> Option<u64> {
        let (made, _) = self.connections.last()?;
        let mut same = self.connections.iter().filter(|(it, _)| it == made);
        Some(same.next()?.1)
    }

    pub(crate) fn show(&mut self, shown: Shown, (last, ended): (u64, bool), now: u64) -> Outcome {
        if !shown.is_own_token {
            return Outcome::Refused(InvalidIdReason::OtherToken);
        }
        self.look_at_the_clock(now);
        if let Some(why) = self.over {
            return Outcome::Gone(GoneReason::Closed(why));
        }
        if shown.seq < self.rules.base {
            return Outcome::Refused(InvalidIdReason::BeforeBase);
        }
        if shown.generation > self.last() {
            self.over = Some(CloseReason::Rollback);
            return Outcome::Refused(InvalidIdReason::Rollback);
        }
        let again = shown.generation < self.last();
        if again && !self.may_come_again(shown.generation, now) {
            self.over = Some(CloseReason::Reuse);
            return Outcome::Refused(InvalidIdReason::Reuse);
        }
        if ended && shown.seq >= last {
            return Outcome::Gone(GoneReason::Complete);
        }
        self.connections.push((Made::ById(shown.generation), now));
        self.left = None;
        Outcome::Resumed {
            generation: self.last(),
            again,
        }
    }

    /// An id that is not the last connection's comes again if that connection is of its making,
    /// too: no client has gone on from there.
    fn may_come_again(&self, generation: u64, now: u64) -> bool {
        let it = Made::ById(generation);
        let last = self.connections.last().is_some_and(|(made, _)| *made == it);
        let uses = self.connections.iter().filter(|(made, _)| *made == it);
        let in_time = self
            .taken_first()
            .is_some_and(|first| now < first + self.rules.window);
        last && in_time && uses.count() <= self.rules.retries
    }

    pub(crate) fn reopen(&mut self, grace: u64, now: u64) -> bool {
        self.look_at_the_clock(now);
        let lost = !self.a_client_got_something || self.left.is_some();
        let first = self.connections.len() == 1 && self.over.is_none();
        let may = first && lost && now < self.rules.opened + grace;
        if may {
            self.connections.push((Made::ByToken, now));
            self.left = None;
        }
        may
    }

    /// The connection of this number has gone.
    pub(crate) fn leave(&mut self, connection: u64, got_something: bool, now: u64) {
        if connection == self.last() && self.over.is_none() {
            self.left = Some(now);
            self.a_client_got_something |= got_something;
        }
    }

    pub(crate) fn confirm(&mut self, connection: u64) {
        self.a_client_got_something |= connection == self.last();
    }

    /// Whether it was open.
    pub(crate) fn close(&mut self, why: CloseReason) -> bool {
        let was_open = self.over.is_none();
        self.over = self.over.or(Some(why));
        was_open
    }

    pub(crate) fn look_at_the_clock(&mut self, now: u64) {
        let idle = |left: u64| now >= left + self.rules.idle;
        if now >= self.rules.deadline {
            self.close(CloseReason::Deadline);
        } else if self.left.is_some_and(idle) {
            self.close(CloseReason::Idle);
        }
    }
}
