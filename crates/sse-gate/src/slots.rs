//! How many streams may be open: [`StreamSlots`], in all and for one subject.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sse_gate_core::Subject;

/// Caps on open streams. Clones share the count.
///
/// A place is reserved before a token is redeemed, so at the cap of all streams no token is
/// spent. Whose place it is shows only with the grant: a subject that is at its own cap loses the
/// token that it showed.
#[derive(Clone, Debug)]
pub struct StreamSlots(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    max: usize,
    max_per_subject: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    reserved: usize,
    by_subject: HashMap<Subject, usize>,
}

impl StreamSlots {
    /// At most `max` streams open in all, and `max_per_subject` of one subject's.
    pub fn new(max: usize, max_per_subject: usize) -> Self {
        Self(Arc::new(Inner {
            max,
            max_per_subject,
            open: Mutex::default(),
        }))
    }

    /// How many are open, or about to be.
    pub fn open(&self) -> usize {
        self.0.lock().reserved
    }

    /// Takes a place for whoever it will turn out to be.
    pub(crate) fn reserve(&self) -> Option<Reservation> {
        let mut open = self.0.lock();
        if open.reserved >= self.0.max {
            return None;
        }
        open.reserved += 1;
        Some(Reservation(Arc::clone(&self.0)))
    }
}

impl Default for StreamSlots {
    /// 10,000 streams in all, and 16 of one subject's: over HTTP/1.1 a browser opens 6.
    fn default() -> Self {
        Self::new(10_000, 16)
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place that is nobody's yet. Dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Reservation(Arc<Inner>);

impl Reservation {
    /// Makes it the subject's, unless that has as many as it may have.
    pub(crate) fn claim(self, subject: &Subject) -> Option<Slot> {
        let mut open = self.0.lock();
        let count = open.by_subject.get(subject).copied().unwrap_or_default();
        if count >= self.0.max_per_subject {
            drop(open);
            return None;
        }
        open.by_subject.insert(subject.clone(), count + 1);
        drop(open);
        Some(Slot {
            subject: subject.clone(),
            reservation: self,
        })
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.0.lock().reserved -= 1;
    }
}

/// A subject's place. Dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Slot {
    subject: Subject,
    reservation: Reservation,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.reservation.0.lock();
        let last = open.by_subject.get_mut(&self.subject).is_none_or(|count| {
            *count -= 1;
            *count == 0
        });
        if last {
            open.by_subject.remove(&self.subject);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(name: &str) -> Subject {
        Subject::new(name).unwrap()
    }

    /// G8
    #[test]
    fn no_more_are_open_than_may_be() {
        let slots = StreamSlots::new(2, 1);
        let first = slots.reserve().unwrap();
        let alice = slots.reserve().unwrap().claim(&subject("alice")).unwrap();
        assert!(slots.reserve().is_none(), "a third place of two");
        drop(first);
        assert!(slots.reserve().unwrap().claim(&subject("alice")).is_none());
        let bob = slots.reserve().unwrap().claim(&subject("bob")).unwrap();
        drop((alice, bob));
        assert_eq!(slots.open(), 0);
        assert!(
            slots.0.lock().by_subject.is_empty(),
            "a subject is remembered for nothing"
        );
    }
}
