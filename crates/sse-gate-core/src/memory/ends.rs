//! When entries end: [`Ends`].

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::SteadyTime;
use crate::room::room_to_keep;

/// The heap may have this many ends more than twice the number of live entries before it is rebuilt.
const SPARE: usize = 64;

/// The ends of entries, the earliest first, each with the prefix of its entry's key.
///
/// If an entry is removed early, its end stays here, because to search for it would cost more than the
/// whole removal. So the reader of an end must check that its entry is still there. When more than half
/// of the ends are stale, the heap is rebuilt. Spread over all insertions, that is a constant cost.
#[derive(Debug, Default)]
pub(super) struct Ends(BinaryHeap<Reverse<(SteadyTime, u64)>>);

impl Ends {
    /// Adds an end.
    pub(super) fn push(&mut self, end: (SteadyTime, u64)) {
        self.0.push(Reverse(end));
    }

    /// Whether more than half of the ends are of entries that are gone, if there are `live` entries.
    pub(super) fn are_stale(&self, live: usize) -> bool {
        self.0.len() > 2 * live + SPARE
    }

    /// Removes the earliest end, if it has passed.
    pub(super) fn pop_passed(&mut self, now: SteadyTime) -> Option<(SteadyTime, u64)> {
        let Reverse((ends_at, _)) = self.0.peek()?;
        if !ends_at.has_passed(now) {
            return None;
        }
        let end = self.0.pop().map(|Reverse(end)| end);
        if let Some(room) = room_to_keep(self.0.len(), self.0.capacity()) {
            self.0.shrink_to(room);
        }
        end
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

    #[test]
    fn room_is_given_back_when_ends_have_passed() {
        let mut ends: Ends = (0..10_000).map(|n| (at(1), n)).collect();
        assert!(ends.0.capacity() >= 10_000);
        while ends.pop_passed(at(1)).is_some() {}
        assert!(ends.0.capacity() <= 128);
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
