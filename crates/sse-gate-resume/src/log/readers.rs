//! The readers that wait for a log: [`Readers`].

use std::task::{Context, Waker};

/// A reader's place in a log.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReaderId(usize);

/// The readers of a log, each with its waker while it waits.
///
/// An event costs a step for each reader that waits for it, and none for the others.
#[derive(Debug, Default)]
pub(super) struct Readers {
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

impl Readers {
    pub(super) fn enroll(&mut self) -> ReaderId {
        ReaderId(self.free.pop().unwrap_or_else(|| {
            self.places.push(Place::default());
            self.places.len() - 1
        }))
    }

    pub(super) fn dismiss(&mut self, reader: ReaderId) {
        if let Some(place) = self.places.get_mut(reader.0) {
            place.waker = None;
            self.free.push(reader.0);
        }
        if self.is_empty() {
            // Room for the largest crowd there ever was is given back when it has gone.
            *self = Self::default();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.len() == self.free.len()
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(super) fn wait(&mut self, reader: ReaderId, cx: &Context<'_>) {
        if let Some(place) = self.places.get_mut(reader.0) {
            keep_waker(&mut place.waker, cx);
            if !place.is_listed {
                place.is_listed = true;
                self.waiting.push(reader.0);
            }
        }
    }

    /// The wakers of the readers that wait. Wake them when the log is no longer locked.
    pub(super) fn take_waiting(&mut self) -> Vec<Waker> {
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

/// Keeps the waker of the task that polls, unless it is kept already.
pub(crate) fn keep_waker(place: &mut Option<Waker>, cx: &Context<'_>) {
    if !place.as_ref().is_some_and(|own| own.will_wake(cx.waker())) {
        *place = Some(cx.waker().clone());
    }
}
