//! What a step costs, for few streams and for many, of one subject and of many.

use std::time::{Duration, Instant as WallClock};

use sse_gate_core::Subject;
use sse_gate_resume::backend::SessionId;
use tokio::time::{Instant, advance};

use super::room::LOOKED_AT_ONCE;
use super::*;

const FEW: usize = 128;
const MANY: usize = 128 * FEW;
const STEPS: usize = 200;

/// Streams that are there before the steps that are measured. Each is a connection of a session.
struct Crowd {
    slots: StreamSlots,
    subjects: Vec<Subject>,
    open: Vec<Slot>,
    opened: usize,
}

impl Crowd {
    /// So many streams, of so many subjects. `room` more fit in, for each subject.
    fn new(count: usize, subjects: usize, room: usize) -> Self {
        let names = (0..subjects).map(|number| Subject::new(format!("user {number}")).unwrap());
        let mut crowd = Self {
            slots: StreamSlots::new(count + STEPS, count / subjects + room),
            subjects: names.collect(),
            open: Vec::new(),
            opened: 0,
        };
        for _ in 0..count {
            let slot = crowd.claim().unwrap();
            crowd.open.push(slot);
        }
        crowd
    }

    fn claim(&mut self) -> Option<Slot> {
        self.opened += 1;
        let slot = self.slots.reserve()?.claim(self.subject())?;
        slot.belongs_to(session(self.opened));
        Some(slot)
    }

    fn subject(&self) -> &Subject {
        &self.subjects[self.opened % self.subjects.len()]
    }
}

fn session(number: usize) -> SessionId {
    SessionId::from_bytes((number as u128).to_be_bytes())
}

/// Claims that a step among 128 times as many streams takes not nearly 128 times as long. The shortest of
/// several rounds counts, which other work on the machine disturbs least.
fn does_not_grow(what: &str, crowd: impl Fn(usize) -> Crowd, step: impl Fn(&mut Crowd)) {
    let [few, many] = [FEW, MANY].map(|count| {
        let mut crowd = crowd(count);
        let rounds = (0..6).map(|_| {
            let start = WallClock::now();
            for _ in 0..STEPS {
                step(&mut crowd);
            }
            start.elapsed()
        });
        rounds.min().unwrap_or(Duration::MAX)
    });
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    assert!(ratio < 16.0, "{what}: {ratio:.1} times as long");
}

/// G8: a service account with very many streams does not make steps slow, neither its own nor those of
/// others.
#[test]
fn no_step_grows_with_the_number_of_streams() {
    for subjects in [1, FEW] {
        does_not_grow(
            "a stream that comes and goes",
            |count| Crowd::new(count, subjects, 1),
            |crowd| drop(crowd.claim().unwrap()),
        );
        does_not_grow(
            "any session that goes on",
            |count| Crowd::new(count, subjects, 1),
            |crowd| {
                crowd.opened += 1;
                let any = crowd.opened % crowd.open.len();
                let session = session(any + 1);
                let subject = &crowd.subjects[(any + 1) % crowd.subjects.len()];
                let claim = crowd.slots.claim_again(subject, session).unwrap();
                let reservation = crowd.slots.reserve().unwrap();
                crowd.open[any] = reservation.give_to(claim).unwrap();
            },
        );
    }
    // Of each subject, there are as many streams as a newcomer looks at.
    for subjects in [1, FEW / LOOKED_AT_ONCE] {
        does_not_grow(
            "a stream that is refused",
            |count| Crowd::new(count, subjects, 0),
            |crowd| assert!(crowd.claim().is_none()),
        );
    }
    does_not_grow(
        "a stream among more than there may be in all",
        |count| {
            let mut crowd = Crowd::new(count, 1, STEPS);
            for _ in 0..STEPS {
                let slot = crowd.claim().unwrap();
                crowd.open.push(slot);
            }
            crowd
        },
        |crowd| assert!(crowd.slots.reserve().is_none()),
    );
}

/// F5, G8: a newcomer at a cap looks at a bounded number of streams, and the next one goes on from there.
/// So each stalled stream is found.
#[tokio::test(start_paused = true)]
async fn newcomers_look_for_stalled_streams_in_turns() {
    let turns = 5;
    let count = turns * LOOKED_AT_ONCE;
    for (max, max_per_subject, name) in [(count, count + 1, "bob"), (count + 1, count, "alice")] {
        let slots = StreamSlots::new(max, max_per_subject);
        let claim = |name| slots.reserve()?.claim(&Subject::new(name).unwrap());
        let streams: Vec<_> = (0..count).map(|_| claim("alice").unwrap()).collect();
        // The last but one group has a stalled stream.
        streams[(turns - 1) * LOOKED_AT_ONCE - 1]
            .pulse()
            .server_took(Instant::now());
        advance(2 * PATIENCE).await;
        let attempts = (1..=turns).find_map(|attempt| Some((attempt, claim(name)?)));
        let (attempt, newcomer) = attempts.expect("a stalled stream is never found");
        assert_eq!(attempt, turns - 1, "{name}");
        drop((streams, newcomer));
        assert_eq!(slots.open(), 0);
    }
}
