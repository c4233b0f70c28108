//! A limiter that looks at all of its places for each step, and keeps all laws unless it has a [`Flaw`].

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use sse_gate_core::{Clock, ManualClock, SteadyTime, Subject};
use sse_gate_resume::StreamLimits;
use sse_gate_resume::backend::{Claimed, Place, PlaceId, Renewed, StreamLimiter};
use sse_gate_resume::conformance::LimiterBackend;
use sse_gate_resume::error::LimiterError;

use super::flaw::Flaw;
use crate::broken::dawdle;

/// One node's handle.
#[derive(Debug)]
pub(crate) struct Naive {
    flaw: Flaw,
    clock: ManualClock,
    limits: StreamLimits,
    node: usize,
    nodes: Arc<AtomicUsize>,
    places: Arc<Mutex<Vec<Taken>>>,
}

#[derive(Clone, Debug)]
struct Taken {
    place: Place,
    ends_at: SteadyTime,
    node: usize,
}

impl Naive {
    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    /// The places that are there now.
    fn places(&self) -> MutexGuard<'_, Vec<Taken>> {
        let mut places = self.places.lock().unwrap();
        let now = self.clock.steady();
        let now = match self.flaw {
            Flaw::EndsEarly => now.saturating_add(Duration::from_millis(6)),
            _ => now,
        };
        if !self.is(Flaw::NeverEnds) {
            places.retain(|taken| !taken.ends_at.has_passed(now));
        }
        places
    }

    fn end(&self) -> SteadyTime {
        self.clock.steady().saturating_add(self.limits.ttl())
    }

    /// Why there is no room for a new place, if there is none.
    fn refusal(&self, subject: &Subject, places: &[Taken]) -> Option<Claimed> {
        let counts = |taken: &&Taken| !self.is(Flaw::CountsByNode) || taken.node == self.node;
        let own = places.iter().filter(counts).filter(|taken| {
            let (one, other) = (taken.place.subject.as_str(), subject.as_str());
            match self.flaw {
                Flaw::ComparesPrefixes => one.starts_with(other) || other.starts_with(one),
                _ => one == other,
            }
        });
        let is_full = own.count() >= self.limits.max_per_subject();
        if is_full && !self.is(Flaw::CountsNoSubjects) {
            return Some(Claimed::FullForSubject);
        }
        let is_full = places.iter().filter(counts).count() >= self.limits.max();
        (is_full && !self.is(Flaw::CountsNotInAll)).then_some(Claimed::Full)
    }

    fn add(&self, place: Place, places: &mut Vec<Taken>) {
        let (ends_at, node) = (self.end(), self.node);
        places.push(Taken {
            place,
            ends_at,
            node,
        });
    }
}

fn find<'p>(places: &'p mut [Taken], place: &Place) -> Option<&'p mut Taken> {
    places.iter_mut().find(|taken| taken.place.id == place.id)
}

impl StreamLimiter for Naive {
    fn ttl(&self) -> Duration {
        self.limits.ttl()
    }

    async fn has_room(&self, id: PlaceId) -> Result<bool, LimiterError> {
        let places = self.places();
        let is_there = places.iter().any(|taken| taken.place.id == id);
        Ok(self.is(Flaw::AlwaysHasRoom)
            || places.len() < self.limits.max()
            || (is_there && !self.is(Flaw::HasNoRoomForItsOwn)))
    }

    async fn claim(&self, place: Place) -> Result<Claimed, LimiterError> {
        let mut places = self.places();
        let refused = self.refusal(&place.subject, &places);
        if self.is(Flaw::RefusesItsOwn)
            && let Some(refused) = refused
        {
            return Ok(refused);
        }
        if let Some(taken) = find(&mut places, &place) {
            if taken.place.generation > place.generation && !self.is(Flaw::TakesBack) {
                return Ok(Claimed::Replaced);
            }
            if self.is(Flaw::LooksThenTakesOver) {
                drop(places);
                dawdle();
                places = self.places();
            }
            if let Some(taken) = find(&mut places, &place) {
                taken.place.generation = place.generation;
                if !self.is(Flaw::ClaimRenewsNothing) {
                    taken.ends_at = self.end();
                }
            }
            return Ok(Claimed::Granted);
        }
        if let Some(refused) = refused {
            return Ok(refused);
        }
        if self.is(Flaw::CountsThenAdds) || self.is(Flaw::LooksThenAdds) {
            drop(places);
            dawdle();
            places = self.places();
        }
        // Each of the two flaws looks again for what the other one overlooks.
        if !self.is(Flaw::LooksThenAdds)
            && let Some(taken) = find(&mut places, &place)
        {
            taken.place.generation = taken.place.generation.max(place.generation);
            return Ok(Claimed::Granted);
        }
        if !self.is(Flaw::CountsThenAdds)
            && let Some(refused) = self.refusal(&place.subject, &places)
        {
            return Ok(refused);
        }
        self.add(place, &mut places);
        Ok(Claimed::Granted)
    }

    async fn renew(&self, named: Vec<Place>) -> Result<Vec<Renewed>, LimiterError> {
        let mut places = self.places();
        let mut told = Vec::new();
        for (at, place) in named.into_iter().enumerate() {
            let ends_at = self.end();
            told.push(match find(&mut places, &place) {
                Some(_) if self.is(Flaw::RenewsSome) && at >= 100 => Renewed::Gone,
                Some(taken) if taken.place.generation == place.generation => {
                    if !self.is(Flaw::RenewsNothing) {
                        taken.ends_at = ends_at;
                    }
                    Renewed::Kept
                }
                Some(taken) if taken.place.generation > place.generation => Renewed::Replaced,
                None if self.is(Flaw::BringsBack) && self.was_there(&place) => {
                    self.add(place, &mut places);
                    Renewed::Kept
                }
                Some(_) | None => Renewed::Gone,
            });
        }
        if self.is(Flaw::TellsInAnotherOrder) {
            told.sort_by_key(|renewed| *renewed != Renewed::Kept);
        }
        Ok(told)
    }

    async fn free(&self, named: Vec<Place>) -> Result<(), LimiterError> {
        let mut places = self.places();
        for place in named {
            if self.is(Flaw::FreesNothing) {
                break;
            }
            let is_its = |taken: &Taken| {
                let is_of_connection = taken.place.generation == place.generation
                    || self.is(Flaw::FreesForAnyConnection);
                taken.place.id == place.id && is_of_connection
            };
            let before = places.len();
            places.retain(|taken| !is_its(taken));
            let is_there = places.iter().any(|taken| taken.place.id == place.id);
            if self.is(Flaw::FreesAnother) && places.len() == before && !is_there {
                places.pop();
            }
        }
        Ok(())
    }
}

impl Naive {
    /// Whether a place that is gone may have ended by itself. The clock of the checks moves then.
    fn was_there(&self, _: &Place) -> bool {
        self.clock.steady() >= SteadyTime::ZERO.saturating_add(self.limits.ttl())
    }
}

thread_local! {
    /// The flaw of the limiters that [`Flawed::set_up`] makes on this thread.
    static FLAW: Cell<Flaw> = const { Cell::new(Flaw::None) };
}

/// Runs a check that sets up its own backend.
pub(crate) fn with_flaw<T>(flaw: Flaw, check: impl FnOnce() -> T) -> T {
    FLAW.set(flaw);
    check()
}

/// Makes limiters with one flaw.
pub(crate) struct Flawed {
    flaw: Flaw,
    clock: ManualClock,
}

impl Flawed {
    pub(crate) fn new(flaw: Flaw) -> Self {
        Self {
            flaw,
            clock: ManualClock::default(),
        }
    }
}

impl LimiterBackend for Flawed {
    type Limiter = Naive;

    fn set_up() -> Self {
        Self::new(FLAW.get())
    }

    async fn limiter(&self, limits: StreamLimits) -> Naive {
        Naive {
            flaw: self.flaw,
            clock: self.clock.clone(),
            limits,
            node: 0,
            nodes: Arc::default(),
            places: Arc::default(),
        }
    }

    async fn other_node(&self, limiter: &Naive) -> Naive {
        Naive {
            clock: self.clock.clone(),
            node: limiter.nodes.fetch_add(1, Ordering::Relaxed) + 1,
            nodes: Arc::clone(&limiter.nodes),
            places: Arc::clone(&limiter.places),
            ..*limiter
        }
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }
}
