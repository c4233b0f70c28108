//! What a step costs, with few sessions and with many, of one subject and of many.

use std::time::Instant;

use pollster::block_on;
use sse_gate_core::{Grant, TokenKey};
use sse_gate_resume::error::OpenError;
use sse_gate_resume::{CloseReason, Log, LogLimits, SessionLimits, Subscription};

use crate::support::{Stage, grant, growth};

const FEW: usize = 128;
const MANY: usize = 32 * FEW;
const STEPS: usize = 200;

/// Sessions that are there before the steps that are measured.
struct Crowd {
    stage: Stage,
    log: Log,
    grants: Vec<Grant>,
    connections: Vec<Subscription>,
    opened: u32,
}

impl Crowd {
    /// So many sessions, of so many subjects. `room` more fit in.
    fn new(count: usize, subjects: usize, room: usize) -> Self {
        let limits = SessionLimits::default()
            .with_max(count + room + STEPS)
            .with_max_per_subject(count / subjects + room);
        let stage = Stage::new(limits, LogLimits::default());
        let grants = (0..subjects).map(|number| grant(&format!("user {number}")));
        let mut crowd = Self {
            log: stage.log(),
            stage,
            grants: grants.collect(),
            connections: Vec::new(),
            opened: 0,
        };
        for _ in 0..count {
            let connection = crowd.open().unwrap();
            crowd.connections.push(connection);
        }
        crowd
    }

    fn open(&mut self) -> Result<Subscription, OpenError> {
        self.opened += 1;
        let grant = &self.grants[self.opened as usize % self.grants.len()];
        self.stage.open(grant, token(self.opened), &self.log)
    }

    fn close(&self, number: u32) {
        let closed = self
            .stage
            .sessions
            .close(token(number), CloseReason::Revoked);
        assert!(block_on(closed).unwrap());
    }
}

fn token(number: u32) -> TokenKey {
    let mut key = [0; 32];
    key[..4].copy_from_slice(&number.to_be_bytes());
    TokenKey::from_bytes(key)
}

/// Claims that steps among 32 times as many sessions take not nearly 32 times as long.
fn do_not_grow(what: &str, crowd: impl Fn(usize) -> Crowd, step: impl Fn(&mut Crowd)) {
    let ratio = growth([FEW, MANY], STEPS, crowd, step);
    assert!(ratio < 6.0, "{what}: {ratio:.1} times as long");
}

/// G17: a service account with very many sessions does not make steps slow, neither its own nor those of
/// others.
#[test]
fn no_step_grows_with_the_number_of_sessions() {
    for subjects in [1, FEW] {
        do_not_grow(
            "one that is opened, left and closed",
            |count| Crowd::new(count, subjects, 1),
            |crowd| {
                drop(crowd.open().unwrap());
                crowd.close(crowd.opened);
            },
        );
        do_not_grow(
            "one that is refused",
            |count| Crowd::new(count, subjects, 0),
            |crowd| assert!(crowd.open().is_err()),
        );
        do_not_grow(
            "one that displaces the oldest",
            |count| {
                let mut crowd = Crowd::new(count, subjects, 0);
                crowd.connections.clear();
                crowd
            },
            |crowd| drop(crowd.open().unwrap()),
        );
    }
}

/// C20: a sign-out takes as long for each session, however many there are.
#[test]
fn a_revocation_takes_time_for_each_session_and_no_more() {
    // As many sessions either way, so that other work on the machine disturbs both alike.
    let [few, many] = [(FEW, MANY / FEW), (MANY, 1)].map(|(count, crowds)| {
        let rounds = (0..3).map(|_| {
            let crowds: Vec<_> = (0..crowds).map(|_| Crowd::new(count, 1, 0)).collect();
            let start = Instant::now();
            for crowd in &crowds {
                let revoked = crowd.stage.sessions.revoke(crowd.grants[0].subject());
                assert_eq!(block_on(revoked).unwrap(), count);
            }
            start.elapsed()
        });
        rounds.min().unwrap()
    });
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    assert!(ratio < 6.0, "{ratio:.1} times as long");
}
