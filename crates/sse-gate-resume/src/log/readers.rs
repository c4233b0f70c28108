//! The readers of a log, and their wakers while they wait: [`Readers`].

use std::iter;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

use crate::sync::{Mutex, MutexGuard};

/// So many readers share one lock. More than that are spread over [`PARTS`].
const FEW: usize = 64;

/// In so many parts a crowd is, beside the first few.
const PARTS: usize = 15;

const FEWER: &str = "there are fewer readers than descriptors";

/// A reader's place in a log.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReaderId {
    /// Which part of the crowd it is in, from 1. The first few readers are in none: 0.
    part: u32,
    place: u32,
}

/// The readers of a log, each with its waker while it waits.
///
/// An event costs a step for each reader that waits for it, and none for the others. Readers of a crowd are in parts
/// with a lock each, so that those of different threads seldom wait for each other, and are woken part by part.
#[derive(Debug, Default)]
pub(super) struct Readers {
    few: Mutex<Part>,
    /// Made when there are more. Most logs have one reader.
    crowd: OnceLock<Box<[Mutex<Part>; PARTS]>>,
    /// Which part the next one goes to.
    next: AtomicUsize,
}

/// Some readers under one lock.
#[derive(Debug, Default)]
struct Part {
    places: Vec<Place>,
    free: Vec<usize>,
    /// The readers that wait. One that has left since may be among them.
    waiting: Vec<usize>,
}

#[derive(Debug, Default)]
struct Place {
    waker: Option<Waker>,
    /// Whether it is among those that wait.
    is_listed: bool,
}

/// A reader's place while its part is locked. No reader of the part is woken meanwhile.
pub(super) struct LockedPlace<'a> {
    part: MutexGuard<'a, Part>,
    place: usize,
}

impl ReaderId {
    fn new(part: usize, place: usize) -> Self {
        let [part, place] = [part, place].map(|it| u32::try_from(it).expect(FEWER));
        Self { part, place }
    }

    fn place(self) -> usize {
        self.place as usize
    }
}

impl Readers {
    pub(super) fn enroll(&self) -> ReaderId {
        let mut few = self.few.lock();
        if few.len() < FEW {
            return ReaderId::new(0, few.enroll());
        }
        drop(few);
        let crowd = self.crowd.get_or_init(Box::default);
        // Those that came one after the other are woken so, too: what they have is near in memory.
        let part = self.next.fetch_add(1, Ordering::Relaxed) / FEW % PARTS;
        let place = crowd[part].lock().enroll();
        ReaderId::new(part + 1, place)
    }

    pub(super) fn dismiss(&self, reader: ReaderId) {
        let waker = self.part(reader).lock().dismiss(reader.place());
        // It may be the last hold on a task, whose drop is foreign code.
        drop(waker);
    }

    pub(super) fn lock(&self, reader: ReaderId) -> LockedPlace<'_> {
        LockedPlace {
            part: self.part(reader).lock(),
            place: reader.place(),
        }
    }

    /// Wakes the readers that wait. Change what they wait for before, and call it without a lock.
    pub(super) fn wake(&self) {
        let crowd = self.crowd.get().into_iter().flat_map(|parts| parts.iter());
        for part in iter::once(&self.few).chain(crowd) {
            let waiting = part.lock().take_waiting();
            waiting.into_iter().for_each(Waker::wake);
        }
    }

    fn part(&self, reader: ReaderId) -> &Mutex<Part> {
        let part = (reader.part as usize).checked_sub(1);
        let crowd = part.zip(self.crowd.get());
        crowd.map_or(&self.few, |(part, parts)| &parts[part])
    }
}

impl LockedPlace<'_> {
    /// The task is woken with the next change. Returns the waker of another task that waited here.
    #[must_use = "it is dropped without a lock"]
    pub(super) fn wait(mut self, cx: &Context<'_>) -> Option<Waker> {
        let Part {
            places, waiting, ..
        } = &mut *self.part;
        let place = places.get_mut(self.place)?;
        if !place.is_listed {
            place.is_listed = true;
            waiting.push(self.place);
        }
        keep_waker(&mut place.waker, cx)
    }
}

impl Part {
    fn enroll(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.places.push(Place::default());
            self.places.len() - 1
        })
    }

    fn dismiss(&mut self, place: usize) -> Option<Waker> {
        let waker = self.places.get_mut(place)?.waker.take();
        self.free.push(place);
        if self.len() == 0 {
            // Room for the largest crowd there ever was is given back when it has gone.
            *self = Self::default();
        }
        waker
    }

    fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    fn take_waiting(&mut self) -> Vec<Waker> {
        let Self {
            places, waiting, ..
        } = self;
        let wakers = waiting.drain(..).filter_map(|at| {
            let place = places.get_mut(at)?;
            place.is_listed = false;
            place.waker.take()
        });
        wakers.collect()
    }
}

/// Keeps the waker of the task that polls, unless it is kept already. Returns the one that was kept before.
///
/// That one may be the last hold on a task, whose drop is foreign code. So drop it without a lock.
#[must_use = "it is dropped without a lock"]
pub(crate) fn keep_waker(place: &mut Option<Waker>, cx: &Context<'_>) -> Option<Waker> {
    let is_kept = place.as_ref().is_some_and(|own| own.will_wake(cx.waker()));
    if is_kept {
        return None;
    }
    place.replace(cx.waker().clone())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::Arc;
    use std::task::Wake;

    use super::*;

    const MANY: usize = FEW + PARTS * FEW;

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Readers, and how often each was woken.
    struct Crowd {
        readers: Readers,
        places: Vec<(ReaderId, Arc<Wakes>)>,
    }

    impl Crowd {
        fn new() -> Self {
            let readers = Readers::default();
            let places = (0..MANY).map(|_| (readers.enroll(), Arc::default()));
            let places = places.collect();
            Self { readers, places }
        }

        /// One reader in three waits, so that all parts have some that wait and some that don't.
        fn wait(&self) {
            for (place, wakes) in self.places.iter().step_by(3) {
                let waker = Waker::from(Arc::clone(wakes));
                let locked = self.readers.lock(*place);
                drop(locked.wait(&Context::from_waker(&waker)));
            }
        }

        fn wakes(&self) -> Vec<usize> {
            let wakes = self.places.iter().map(|(_, wakes)| &wakes.0);
            wakes.map(|wakes| wakes.load(Ordering::Relaxed)).collect()
        }

        fn sizes(&self) -> Vec<usize> {
            let crowd = self.readers.crowd.get().into_iter();
            let parts = iter::once(&self.readers.few).chain(crowd.flat_map(|it| it.iter()));
            parts.map(|part| part.lock().places.capacity()).collect()
        }
    }

    /// I17
    #[test]
    fn all_that_wait_are_woken_once() {
        let crowd = Crowd::new();
        crowd.readers.wake();
        assert_eq!(crowd.wakes(), vec![0; MANY]);
        for round in 1..=2 {
            crowd.wait();
            crowd.wait();
            crowd.readers.wake();
            crowd.readers.wake();
            let expected = (0..MANY).map(|at| if at % 3 == 0 { round } else { 0 });
            assert!(crowd.wakes().into_iter().eq(expected));
        }
    }

    /// G11: a reader that has left is not woken, and holds no task. Its place is used again. When all have left, no room is
    /// kept.
    #[test]
    fn a_crowd_that_leaves_leaves_nothing() {
        let crowd = Crowd::new();
        crowd.wait();
        let places = crowd.sizes();
        for (place, wakes) in &crowd.places[..MANY / 2] {
            crowd.readers.dismiss(*place);
            assert_eq!(Arc::strong_count(wakes), 1);
        }
        crowd.readers.wake();
        assert!(crowd.wakes()[..MANY / 2].iter().all(|wakes| *wakes == 0));
        let again: Vec<_> = (0..MANY / 2).map(|_| crowd.readers.enroll()).collect();
        assert_eq!(crowd.sizes(), places);
        let rest = crowd.places[MANY / 2..].iter().map(|(place, _)| *place);
        for place in again.into_iter().chain(rest) {
            crowd.readers.dismiss(place);
        }
        assert_eq!(crowd.sizes(), vec![0; 1 + PARTS]);
    }

    /// Readers of a crowd seldom share a lock, and a log with one reader has one.
    #[test]
    fn a_crowd_is_spread_over_its_parts() {
        let crowd = Crowd::new();
        let sizes: Vec<_> = {
            let parts = crowd.readers.crowd.get().unwrap();
            parts.iter().map(|part| part.lock().len()).collect()
        };
        assert_eq!(crowd.readers.few.lock().len(), FEW);
        assert_eq!(sizes, vec![FEW; PARTS]);
        // Those that came one after the other are together.
        let parts = crowd
            .places
            .chunks(FEW)
            .map(|few| few.iter().map(|(place, _)| place.part));
        for (part, mut places) in (0..).zip(parts) {
            assert!(places.all(|place| place == part));
        }
        let few = Readers::default();
        for _ in 0..FEW {
            few.enroll();
        }
        assert!(few.crowd.get().is_none());
    }
}
