//! A client, a thief and a server that is not told everything: [`World`].

use std::time::Duration;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::Clock;
use sse_gate_resume::backend::{LogEnd, Outcome};
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{
    CloseReason, InvalidIdReason, Log, LogLimits, ResumePolicy, SessionLimits, SessionSignal,
    Subscription,
};

use crate::model::{Model, Rules, Shown};
use crate::support::reference::decode;
use crate::support::{Dice, Got, Stage, parts, poll, request, token};

/// A session, its clients, and the model of what must become of them.
pub(crate) struct World {
    pub(crate) stage: Stage,
    pub(crate) model: Model,
    pub(crate) log: Log,
    ended: bool,
    /// Whether the store has forgotten the session.
    forgotten: bool,
    /// What each party holds: the client's ids, the thief's copies.
    pub(crate) held: [Vec<String>; 2],
    /// Connections that the server may believe in, each with its number and who reads it.
    pub(crate) connections: Vec<(u64, usize, Subscription)>,
    /// Ids that were taken: their generation, and when.
    pub(crate) accepted: Vec<(u64, u64)>,
}

pub(crate) const CLIENT: usize = 0;
pub(crate) const THIEF: usize = 1;

impl World {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let is_strict = dice.one_in(3);
        let idle = dice.pick(&[20_000, 120_000]);
        let policy = ResumePolicy::default().with_idle(Duration::from_millis(idle));
        let mut policy = policy.with_takeovers(u32::MAX, Duration::MAX);
        if is_strict {
            policy = policy.with_strict_ids();
        }
        let limits = LogLimits::default().with_max_events(3);
        let stage = Stage::new(SessionLimits::default(), limits).with_policy(policy);
        let (log, now) = (stage.log(), stage.clock.now());
        let deadline = Duration::from_millis(dice.pick(&[60_000, 900_000]));
        let grant = stage.granted(request("alice").with_deadline(now.saturating_add(deadline)));
        let first = stage.open(&grant, token(1), &log).unwrap();
        assert_eq!(stage.signals.take(), [SessionSignal::Opened]);
        let now = now.as_unix_millis();
        let model = Model::new(Rules {
            window: 10_000,
            retries: if is_strict { 0 } else { 2 },
            idle,
            opened: now,
            deadline: now + u64::try_from(deadline.as_millis()).unwrap(),
            base: 0,
        });
        Self {
            stage,
            model,
            log,
            ended: false,
            forgotten: false,
            held: [Vec::new(), Vec::new()],
            connections: vec![(1, CLIENT, first)],
            accepted: Vec::new(),
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.stage.clock.now().as_unix_millis()
    }

    /// What every step on the store begins with.
    fn look_at_the_clock(&mut self) {
        let now = self.now();
        self.model.look_at_the_clock(now);
        self.forgotten |= now >= self.model.rules.deadline + self.model.rules.idle;
    }

    /// Shows an id. If it is taken, the answer arrives or gets lost; the server may notice that.
    pub(crate) fn show(&mut self, who: usize, id: &str, is_own_token: bool, arrives: Arrives) {
        let (of, seq) = (parts(id).generation, parts(id).seq);
        let (log, now) = ((self.log_last(), self.ended), self.now());
        self.look_at_the_clock();
        let expected = if self.forgotten {
            Outcome::Refused(InvalidIdReason::Unknown)
        } else {
            let generation = of;
            self.model.show(
                Shown {
                    generation,
                    seq,
                    is_own_token,
                },
                log,
                now,
            )
        };
        let shown = self
            .stage
            .resume(id, token(if is_own_token { 1 } else { 2 }));
        let (outcome, signal) = match &shown {
            Ok(resumed) => {
                let generation = resumed.lease().generation();
                let again = matches!(expected, Outcome::Resumed { again: true, .. });
                let signal = SessionSignal::Resumed { again };
                (Outcome::Resumed { generation, again }, signal)
            }
            Err(ResumeError::Gone(gone)) => (Outcome::Gone(*gone), SessionSignal::Gone(*gone)),
            Err(ResumeError::Refused(why)) => {
                (Outcome::Refused(*why), SessionSignal::Refused(*why))
            }
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(
            (outcome, self.stage.signals.take()),
            (expected, vec![signal])
        );
        if let Ok(resumed) = shown {
            self.accepted.push((of, now));
            let generation = resumed.lease().generation();
            let mut connection = resumed.subscribe();
            match arrives {
                Arrives::Yes => self.read(generation, who, connection),
                Arrives::Unnoticed => self.connections.push((generation, who, connection)),
                Arrives::No => {
                    // Some of it was written, and none of it arrived.
                    let _ = poll(&mut connection);
                    self.stage.signals.take();
                    drop(connection);
                    self.leave(generation);
                }
            }
        }
    }

    /// Reads a connection to the end of what it has, and keeps the ids.
    pub(crate) fn read(&mut self, generation: u64, who: usize, mut connection: Subscription) {
        let mut stream = Vec::new();
        let ended = loop {
            match poll(&mut connection) {
                Got::Some(bytes) => stream.extend(bytes),
                Got::Last(bytes) => {
                    stream.extend(bytes);
                    break true;
                }
                Got::Nothing => break false,
            }
        };
        let seen = decode(&stream, "");
        let is_current = generation == self.model.last();
        match self.model.over {
            // A connection that was replaced gets nothing any more.
            _ if !is_current => assert_eq!((seen.events.len(), ended), (0, true)),
            Some(why) => {
                let told = format!(r#"{{"v":1,"reason":"{}"}}"#, why.as_str());
                let last = seen.events.last().expect("a last word");
                assert_eq!((&last.data, ended), (&told, true));
            }
            None => assert_eq!(ended, self.ended),
        }
        self.stage.signals.take();
        let ids = seen.events.into_iter().map(|event| event.last_event_id);
        self.held[who].extend(ids.filter(|id| !id.is_empty()));
        if ended {
            drop(connection);
            self.leave(generation);
        } else {
            self.connections.push((generation, who, connection));
        }
    }

    /// The server learns that a connection has gone.
    pub(crate) fn leave(&mut self, generation: u64) {
        self.look_at_the_clock();
        self.model.leave(generation, false, self.now());
    }

    pub(crate) fn close(&mut self, why: CloseReason) {
        self.look_at_the_clock();
        let closed = block_on(self.stage.sessions.close(token(1), why));
        let expected = !self.forgotten && self.model.close(why);
        assert_eq!(closed.unwrap(), expected);
        self.stage.signals.take();
    }

    pub(crate) fn sweep(&mut self) {
        self.look_at_the_clock();
        self.stage.sessions.sweep();
        assert_eq!(self.stage.store.is_empty(), self.model.over.is_some());
        assert_eq!(self.stage.store.remembered(), usize::from(!self.forgotten));
    }

    pub(crate) fn append(&mut self) {
        if self.ended {
            return;
        }
        self.sweep();
        let appended = block_on(self.log.append(&Event::new().data("more")));
        assert_eq!(appended.is_ok(), self.model.over.is_none());
    }

    pub(crate) fn end(&mut self) {
        block_on(self.log.end(LogEnd::Complete)).unwrap();
        self.ended = true;
    }

    fn log_last(&self) -> u64 {
        self.log.bounds().last
    }
}

/// Whether an answer arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrives {
    Yes,
    /// It doesn't, and the server sees that.
    No,
    /// It doesn't, and the server takes the connection for alive.
    Unnoticed,
}
