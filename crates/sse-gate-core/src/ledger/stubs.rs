//! What the ledger remembers of a subject's entries: [`Stubs`].

use std::collections::BTreeMap;
use std::mem;
use std::slice;

use crate::SteadyTime;

/// A list of at most so many stubs is searched from one end to the other. It has less memory than a tree.
const FEW: usize = 32;

/// What the ledger remembers of one entry. The one that ends first is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stub<Id> {
    pub(super) ends_at: SteadyTime,
    pub(super) id: Id,
    pub(super) payload: usize,
}

/// The stubs of one subject, in a form that fits their number. Each step takes O(log n).
///
/// Most subjects have one unused token. It needs no allocation.
#[derive(Debug)]
pub(super) enum Stubs<Id> {
    One(Stub<Id>),
    Few(Vec<Stub<Id>>),
    Many(Box<Many<Id>>),
}

/// More stubs than [`FEW`], or what has remained of so many.
#[derive(Debug)]
pub(super) struct Many<Id> {
    /// Each stub with the number of times that it is there. That is more than once while a store finds out
    /// that it has the entry already.
    sorted: BTreeMap<Stub<Id>, usize>,
    total: Total,
}

/// How much some stubs are together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Total {
    pub(super) tokens: usize,
    pub(super) payload: usize,
}

impl<Id: Copy + Ord> Stubs<Id> {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::One(_) => false,
            Self::Few(stubs) => stubs.is_empty(),
            Self::Many(many) => many.sorted.is_empty(),
        }
    }

    pub(super) fn ids(&self) -> Vec<Id> {
        match self {
            Self::Many(many) => many.sorted.keys().map(|stub| stub.id).collect(),
            few => few.as_slice().iter().map(|stub| stub.id).collect(),
        }
    }

    /// How much they are together, those that have ended included.
    pub(super) fn total(&self) -> Total {
        match self {
            Self::Many(many) => many.total,
            few => Total::of(few.as_slice()),
        }
    }

    /// When the first of them ends.
    pub(super) fn first_end(&self) -> Option<SteadyTime> {
        let first = match self {
            Self::Many(many) => many.sorted.keys().next(),
            few => few.as_slice().iter().min(),
        };
        first.map(|stub| stub.ends_at)
    }

    /// Adds a stub. If there are few, those that have ended are removed.
    pub(super) fn add(&mut self, stub: Stub<Id>, now: SteadyTime) {
        if !matches!(self, Self::Many(_)) {
            self.remove_ended(now);
        }
        match self {
            Self::One(old) => *self = Self::Few(vec![*old, stub]),
            Self::Few(stubs) if stubs.is_empty() => *self = Self::One(stub),
            Self::Few(stubs) if stubs.len() < FEW => stubs.push(stub),
            Self::Few(stubs) => {
                let mut many = Many::from(mem::take(stubs));
                many.add(stub);
                *self = Self::Many(Box::new(many));
            }
            Self::Many(many) => many.add(stub),
        }
    }

    /// Removes a stub, if it is there.
    pub(super) fn remove(&mut self, stub: &Stub<Id>) {
        match self {
            Self::One(only) if only == stub => *self = Self::Few(Vec::new()),
            Self::One(_) => {}
            Self::Few(stubs) => {
                if let Some(at) = stubs.iter().position(|it| it == stub) {
                    stubs.swap_remove(at);
                }
            }
            Self::Many(many) => many.remove(stub),
        }
    }

    /// Removes stubs that have ended: all of a few, but only the first of many, so that no step takes long.
    /// Returns whether there were any.
    pub(super) fn remove_ended(&mut self, now: SteadyTime) -> bool {
        match self {
            Self::One(only) => {
                let has_ended = only.ends_at.has_passed(now);
                if has_ended {
                    *self = Self::Few(Vec::new());
                }
                has_ended
            }
            Self::Few(stubs) => {
                let before = stubs.len();
                stubs.retain(|stub| !stub.ends_at.has_passed(now));
                stubs.len() < before
            }
            Self::Many(many) => many.remove_first_ended(now),
        }
    }

    /// The stubs, unless they are many.
    fn as_slice(&self) -> &[Stub<Id>] {
        match self {
            Self::One(only) => slice::from_ref(only),
            Self::Few(stubs) => stubs,
            Self::Many(_) => &[],
        }
    }
}

impl<Id: Copy + Ord> Many<Id> {
    fn add(&mut self, stub: Stub<Id>) {
        *self.sorted.entry(stub).or_default() += 1;
        self.total.tokens += 1;
        self.total.payload += stub.payload;
    }

    fn remove(&mut self, stub: &Stub<Id>) {
        let Some(times) = self.sorted.get_mut(stub) else {
            return;
        };
        *times -= 1;
        if *times == 0 {
            self.sorted.remove(stub);
        }
        self.total.tokens -= 1;
        self.total.payload -= stub.payload;
    }

    fn remove_first_ended(&mut self, now: SteadyTime) -> bool {
        let first = self.sorted.first_entry();
        let Some(first) = first.filter(|first| first.key().ends_at.has_passed(now)) else {
            return false;
        };
        let (stub, times) = first.remove_entry();
        self.total.tokens -= times;
        self.total.payload -= times * stub.payload;
        true
    }
}

impl<Id: Copy + Ord> From<Vec<Stub<Id>>> for Many<Id> {
    fn from(stubs: Vec<Stub<Id>>) -> Self {
        let mut many = Self {
            sorted: BTreeMap::new(),
            total: Total::default(),
        };
        for stub in stubs {
            many.add(stub);
        }
        many
    }
}

impl Total {
    fn of<Id>(stubs: &[Stub<Id>]) -> Self {
        Self {
            tokens: stubs.len(),
            payload: stubs.iter().map(|stub| stub.payload).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Add(Stub<u8>),
        Remove(Stub<u8>),
        Pass(u64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        // Few ends and ids, so that stubs are there twice, and several end together.
        let stub = (0..40u64, 0..8u8, 0..3usize).prop_map(|(millis, id, payload)| Stub {
            ends_at: SteadyTime::from_millis(millis),
            id,
            payload,
        });
        let step = prop_oneof![
            6 => stub.clone().prop_map(Step::Add),
            3 => stub.prop_map(Step::Remove),
            1 => (0..2u64).prop_map(Step::Pass),
        ];
        prop::collection::vec(step, 1..600)
    }

    proptest! {
        /// C15: in every form, the stubs that have not ended are those of a plain list.
        #[test]
        fn few_and_many_are_counted_alike(steps in steps()) {
            let (mut stubs, mut list): (_, Vec<Stub<u8>>) = (Stubs::Few(Vec::new()), Vec::new());
            let mut now = SteadyTime::from_millis(0);
            for step in steps {
                match step {
                    Step::Add(stub) => {
                        stubs.add(stub, now);
                        list.push(stub);
                        continue;
                    }
                    Step::Remove(stub) => {
                        stubs.remove(&stub);
                        let at = list.iter().position(|it| *it == stub);
                        at.map(|at| list.swap_remove(at));
                        continue;
                    }
                    Step::Pass(millis) => now = SteadyTime::from_millis(now.as_millis() + millis),
                }
                // Those that have ended may be there for a while.
                while stubs.remove_ended(now) {}
                list.retain(|stub| !stub.ends_at.has_passed(now));
                let total = stubs.total();
                let expected = Total::of(&list);
                prop_assert_eq!((total.tokens, total.payload), (expected.tokens, expected.payload));
                prop_assert_eq!(stubs.first_end(), list.iter().map(|stub| stub.ends_at).min());
                prop_assert_eq!(stubs.is_empty(), list.is_empty());
                let (mut ids, mut expected) = (stubs.ids(), list.iter().map(|it| it.id).collect::<Vec<_>>());
                for ids in [&mut ids, &mut expected] {
                    ids.sort_unstable();
                    ids.dedup();
                }
                prop_assert_eq!(ids, expected);
            }
        }
    }
}
