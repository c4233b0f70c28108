//! What ends when: [`Ends`].

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::SteadyTime;

/// How many more than twice the live ends there may be before the others are thrown out.
const SPARE: usize = 64;

/// The ends of entries, the earliest first, each with the prefix of its entry's key.
///
/// An entry that leaves before its time leaves its end behind: to look for it would cost more
/// than all the rest of taking an entry. So whoever reads an end must see whether its entry is
/// still there. When more than half are of entries that are gone, the heap is to be made anew: a
/// cost for each insertion that does not grow with their number.
#[derive(Debug, Default)]
pub(super) struct Ends(BinaryHeap<Reverse<(SteadyTime, u64)>>);

impl Ends {
    /// Adds an end.
    pub(super) fn push(&mut self, end: (SteadyTime, u64)) {
        self.0.push(Reverse(end));
    }

    /// Whether more than half are of entries that are gone, when `live` are not.
    pub(super) fn are_stale(&self, live: usize) -> bool {
        self.0.len() > 2 * live + SPARE
    }

    /// Takes out the earliest end, if it has passed.
    pub(super) fn pop_passed(&mut self, now: SteadyTime) -> Option<(SteadyTime, u64)> {
        let Reverse((ends_at, _)) = self.0.peek()?;
        if !ends_at.has_passed(now) {
            return None;
        }
        self.0.pop().map(|Reverse(end)| end)
    }
}

impl FromIterator<(SteadyTime, u64)> for Ends {
    fn from_iter<I: IntoIterator<Item = (SteadyTime, u64)>>(ends: I) -> Self {
        Self(ends.into_iter().map(Reverse).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn at(millis: u64) -> SteadyTime {
        SteadyTime::from_millis(millis)
    }

    proptest! {
        /// However many entries come and go, the ends of those that stay come out, in order, and
        /// the heap holds not much more than them.
        #[test]
        fn the_live_come_out_in_order(
            // How many leave at each step: enough that the heap must be made anew.
            steps in prop::collection::vec((0..100u64, 0..3_usize), 1..600),
        ) {
            let mut ends = Ends::default();
            let mut live = BTreeSet::new();
            for (n, (millis, leave)) in (0..).zip(steps) {
                let end = (at(millis), n);
                let bound = 2 * live.len() + SPARE + 1;
                if ends.are_stale(live.len()) {
                    ends = live.iter().copied().collect();
                }
                ends.push(end);
                prop_assert!(ends.0.len() <= bound);
                live.insert(end);
                for _ in 0..leave {
                    live.pop_last();
                }
            }
            for now in (0..=100).map(at) {
                let due: Vec<_> = live.iter().copied().filter(|end| end.0.has_passed(now)).collect();
                let popped = std::iter::from_fn(|| ends.pop_passed(now));
                let popped: Vec<_> = popped.filter(|end| live.contains(end)).collect();
                prop_assert_eq!(&popped, &due);
                live.retain(|end| !end.0.has_passed(now));
            }
        }
    }
}
