//! What a step of the limiter in memory costs, what it remembers, and how places are named.
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

#[path = "support/cost.rs"]
mod cost;

use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{ManualClock, Subject, TokenKey};
use sse_gate_resume::StreamLimits;
use sse_gate_resume::backend::{
    Claimed, MemoryLimiter, Place, PlaceId, Renewed, SharedLimiter, StreamLimiter,
};

use cost::growth;

const FEW: usize = 128;
const MANY: usize = 128 * FEW;
const STEPS: usize = 200;

/// Places that are there before the steps that are measured.
struct Crowd {
    limiter: MemoryLimiter,
    clock: ManualClock,
    places: Vec<Place>,
    claimed: usize,
}

impl Crowd {
    /// So many places, of so many subjects. `room` more fit in, in all and for each subject.
    fn new(count: usize, subjects: usize, room: usize) -> Self {
        let clock = ManualClock::default();
        let limits = StreamLimits::default()
            .with_max(count + room)
            .with_max_per_subject(count / subjects + room);
        let limiter = MemoryLimiter::new(limits).with_clock(clock.clone());
        let places = (0..count).map(|number| place(number, subjects));
        let crowd = Self {
            limiter,
            clock,
            places: places.collect(),
            claimed: 0,
        };
        for place in &crowd.places {
            assert_eq!(claim(&crowd.limiter, place), Claimed::Granted);
        }
        crowd
    }

    /// The place whose turn it is.
    fn next(&mut self) -> Place {
        self.claimed += 1;
        self.places[self.claimed % self.places.len()].clone()
    }
}

fn place(number: usize, subjects: usize) -> Place {
    Place {
        subject: Subject::new(format!("user {}", number % subjects)).unwrap(),
        id: PlaceId::from_bytes((number as u128).to_be_bytes()),
        generation: 1,
    }
}

fn claim(limiter: &MemoryLimiter, place: &Place) -> Claimed {
    block_on(limiter.claim(place.clone())).unwrap()
}

/// Claims that a step among 128 times as many places takes not nearly 128 times as long.
fn does_not_grow(what: &str, crowd: impl Fn(usize) -> Crowd, step: impl FnMut(&mut Crowd)) {
    let ratio = growth([FEW, MANY], STEPS, crowd, step);
    assert!(ratio < 16.0, "{what}: {ratio:.1} times as long");
}

/// G8: a cluster with very many streams does not make steps slow.
#[test]
fn no_step_grows_with_the_number_of_places() {
    for subjects in [1, FEW] {
        does_not_grow(
            "a place that comes and goes",
            |count| Crowd::new(count, subjects, 1),
            |crowd| {
                let newcomer = place(MANY, subjects);
                assert_eq!(claim(&crowd.limiter, &newcomer), Claimed::Granted);
                block_on(crowd.limiter.free(vec![newcomer])).unwrap();
            },
        );
        does_not_grow(
            "a place that is refused",
            |count| Crowd::new(count, subjects, 0),
            |crowd| {
                let newcomer = place(MANY, subjects);
                assert_eq!(claim(&crowd.limiter, &newcomer), Claimed::FullForSubject);
                assert!(!block_on(crowd.limiter.has_room(newcomer.id)).unwrap());
            },
        );
        does_not_grow(
            "a place that is renewed",
            |count| Crowd::new(count, subjects, 0),
            |crowd| {
                crowd.clock.advance(Duration::from_millis(1));
                let place = crowd.next();
                let renewed = block_on(crowd.limiter.renew(vec![place])).unwrap();
                assert_eq!(renewed, [Renewed::Kept]);
            },
        );
        does_not_grow(
            "a place that is taken over",
            |count| Crowd::new(count, subjects, 0),
            |crowd| {
                let generation = crowd.claimed as u64 + 2;
                let place = crowd.next();
                let later = Place {
                    generation,
                    ..place
                };
                assert_eq!(claim(&crowd.limiter, &later), Claimed::Granted);
            },
        );
    }
}

/// G8: places that have ended are forgotten, and so are their subjects.
#[test]
fn nothing_is_remembered_of_places_that_are_gone() {
    let crowd = Crowd::new(100, 100, 0);
    assert_eq!(crowd.limiter.len(), 100);
    assert!(!crowd.limiter.is_empty());
    assert_eq!(crowd.limiter.open_of(&crowd.places[0].subject), 1);
    let (freed, ended) = crowd.places.split_at(50);
    block_on(crowd.limiter.free(freed.to_vec())).unwrap();
    assert_eq!(crowd.limiter.len(), 50);
    crowd.clock.advance(crowd.limiter.ttl());
    assert!(crowd.limiter.is_empty());
    for place in [&freed[0], &ended[0]] {
        assert_eq!(crowd.limiter.open_of(&place.subject), 0);
        assert_eq!(claim(&crowd.limiter, place), Claimed::Granted);
    }
}

/// Two tokens have two places: a place has half of the token's key.
#[test]
fn a_place_has_the_first_half_of_the_key() {
    let key: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let half: [u8; 16] = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let id = PlaceId::of(&TokenKey::from_bytes(key));
    assert_eq!(id.to_bytes(), half);
    assert_eq!(PlaceId::from_bytes(half), id);
}

/// Nodes renew their places in time, whichever limiter they were given.
#[test]
fn a_limiter_that_is_chosen_at_run_time_has_the_same_ttl() {
    let limits = StreamLimits::default().with_ttl(Duration::from_secs(7));
    let limiter = SharedLimiter::new(MemoryLimiter::new(limits));
    assert_eq!(limiter.ttl(), Duration::from_secs(7));
}
