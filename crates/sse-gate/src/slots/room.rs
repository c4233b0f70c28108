//! How a newcomer at a cap gets a slot: stalled streams lose theirs.

use std::ops::RangeInclusive;

use sse_gate_core::Subject;
use tokio::time::Instant;

use super::Inner;
use super::open::{Age, OpenStreams};

/// How many streams a newcomer at a cap looks at, at most. The next one looks at those that come after
/// them, so no step takes long, and each stream has its turn. By default, these are all streams that a
/// subject may have.
pub(super) const LOOKED_AT_ONCE: usize = 16;

impl OpenStreams {
    /// Looks for stalled streams among all.
    pub(super) fn make_room(&mut self, caps: &Inner) {
        self.hand = self.give_up(Age::ALL, self.hand, caps);
    }

    /// Looks for stalled streams of a subject.
    pub(super) fn make_room_for(&mut self, subject: &Subject, caps: &Inner) {
        let Some(own) = self.by_subject.get(subject) else {
            return;
        };
        let (all, hand) = (Age::all_of(own.number), own.hand);
        let hand = Age {
            subject: own.number,
            stream: hand,
        };
        let hand = self.give_up(all, hand, caps);
        if let Some(own) = self.by_subject.get_mut(subject) {
            own.hand = hand.stream;
        }
    }

    /// Takes the slots of streams away whose servers have let them wait for too long. It looks at some of
    /// `all`, and begins at `hand`. Returns where to go on.
    fn give_up(&mut self, all: RangeInclusive<Age>, mut hand: Age, caps: &Inner) -> Age {
        let now = Instant::now();
        let (behind, ahead) = (*all.start()..hand, hand..=*all.end());
        let ring = self
            .with_slot
            .range(ahead)
            .chain(self.with_slot.range(behind));
        let looked_at = ring
            .take(LOOKED_AT_ONCE)
            .inspect(|(age, _)| hand = age.next());
        let stalled = looked_at.filter(|(_, stream)| stream.pulse.is_stalled(now, caps.patience));
        let stalled: Vec<Age> = stalled.map(|(age, _)| *age).collect();
        for age in stalled {
            self.give_up_one(age, caps, now);
        }
        hand
    }

    /// Takes the slot of a stalled stream away, if one more may lose it. There may be no more such streams,
    /// in all and of one subject, than there are slots. For the subject, streams that were cut count too,
    /// so that no open stream loses its slot for them.
    fn give_up_one(&mut self, age: Age, caps: &Inner, now: Instant) {
        let Some(stream) = self.with_slot.get(&age) else {
            return;
        };
        let Some(own) = self.by_subject.get_mut(&stream.subject) else {
            return;
        };
        let may_be = self.count.given_up < caps.max
            && own.given_up < caps.max_replaced()
            && (stream.is_cut || own.given_up + own.cut < caps.max_per_subject);
        if may_be && stream.pulse.give_up(now, caps.patience) {
            own.given_up += 1;
            self.count.given_up += 1;
            self.count.reserved -= 1;
            self.unlist(age);
        }
    }
}

impl Age {
    const ALL: RangeInclusive<Self> = Self {
        subject: 0,
        stream: 0,
    }..=Self {
        subject: u64::MAX,
        stream: u64::MAX,
    };

    /// The ages of a subject's streams.
    pub(super) fn all_of(subject: u64) -> RangeInclusive<Self> {
        let age = |stream| Self { subject, stream };
        age(0)..=age(u64::MAX)
    }

    /// The first that can come after this one.
    fn next(self) -> Self {
        Self {
            stream: self.stream + 1,
            ..self
        }
    }
}
