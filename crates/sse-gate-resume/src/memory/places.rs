//! Places and when they end: [`Places`].

use std::collections::{BTreeSet, HashMap};

use sse_gate_core::{SteadyTime, Subject};

use super::StreamLimits;
use crate::store::{Claimed, Place, PlaceId, Renewed};

/// All places, by name and in the order in which they end, and how many each subject has.
///
/// A step takes no longer because there are many places. It also removes those that have ended, each of
/// them once.
///
/// Time is passed in, and never goes back. All steps look at the places that are there at that time.
pub(super) struct Places {
    limits: StreamLimits,
    taken: HashMap<PlaceId, Taken>,
    by_subject: HashMap<Subject, usize>,
    /// The first that ends is the first here.
    ends: BTreeSet<(SteadyTime, PlaceId)>,
}

/// A place that is in use.
struct Taken {
    subject: Subject,
    generation: u64,
    ends_at: SteadyTime,
}

impl Places {
    pub(super) fn new(limits: StreamLimits) -> Self {
        Self {
            limits,
            taken: HashMap::new(),
            by_subject: HashMap::new(),
            ends: BTreeSet::new(),
        }
    }

    pub(super) fn limits(&self) -> StreamLimits {
        self.limits
    }

    /// How many places are in use.
    pub(super) fn len(&mut self, now: SteadyTime) -> usize {
        self.remove_ended(now);
        self.taken.len()
    }

    /// How many places of a subject are in use.
    pub(super) fn len_of(&mut self, subject: &Subject, now: SteadyTime) -> usize {
        self.remove_ended(now);
        self.by_subject.get(subject).copied().unwrap_or(0)
    }

    /// See [`StreamLimiter::has_room`](crate::store::StreamLimiter::has_room).
    pub(super) fn has_room(&mut self, id: PlaceId, now: SteadyTime) -> bool {
        self.remove_ended(now);
        self.taken.len() < self.limits.max() || self.taken.contains_key(&id)
    }

    /// See [`StreamLimiter::claim`](crate::store::StreamLimiter::claim). The subject's cap is looked at
    /// first.
    pub(super) fn claim(&mut self, place: Place, now: SteadyTime) -> Claimed {
        self.remove_ended(now);
        if let Some(taken) = self.taken.get_mut(&place.id) {
            if taken.generation > place.generation {
                return Claimed::Replaced;
            }
            taken.generation = place.generation;
            self.extend(place.id, now);
            return Claimed::Granted;
        }
        if self.len_of(&place.subject, now) >= self.limits.max_per_subject() {
            return Claimed::FullForSubject;
        }
        if self.taken.len() >= self.limits.max() {
            return Claimed::Full;
        }
        let ends_at = now.saturating_add(self.limits.ttl());
        *self.by_subject.entry(place.subject.clone()).or_default() += 1;
        self.ends.insert((ends_at, place.id));
        let taken = Taken {
            subject: place.subject,
            generation: place.generation,
            ends_at,
        };
        self.taken.insert(place.id, taken);
        Claimed::Granted
    }

    /// See [`StreamLimiter::renew`](crate::store::StreamLimiter::renew).
    pub(super) fn renew(&mut self, place: &Place, now: SteadyTime) -> Renewed {
        self.remove_ended(now);
        match self.taken.get(&place.id) {
            Some(taken) if taken.generation == place.generation => {
                self.extend(place.id, now);
                Renewed::Kept
            }
            Some(taken) if taken.generation > place.generation => Renewed::Replaced,
            Some(_) | None => Renewed::Gone,
        }
    }

    /// See [`StreamLimiter::free`](crate::store::StreamLimiter::free). A place that has ended counts for
    /// nothing, so there is no need to look at the time.
    pub(super) fn free(&mut self, place: &Place) {
        let taken = self.taken.get(&place.id);
        if taken.is_some_and(|taken| taken.generation == place.generation) {
            self.remove(place.id);
        }
    }

    /// Lets a place end later.
    fn extend(&mut self, id: PlaceId, now: SteadyTime) {
        if let Some(taken) = self.taken.get_mut(&id) {
            self.ends.remove(&(taken.ends_at, id));
            taken.ends_at = now.saturating_add(self.limits.ttl());
            self.ends.insert((taken.ends_at, id));
        }
    }

    fn remove_ended(&mut self, now: SteadyTime) {
        while let Some((ends_at, id)) = self.ends.first().copied()
            && ends_at.has_passed(now)
        {
            self.remove(id);
        }
    }

    fn remove(&mut self, id: PlaceId) {
        let Some(taken) = self.taken.remove(&id) else {
            return;
        };
        self.ends.remove(&(taken.ends_at, id));
        if let Some(count) = self.by_subject.get_mut(&taken.subject) {
            *count -= 1;
            if *count == 0 {
                self.by_subject.remove(&taken.subject);
            }
        }
    }
}
