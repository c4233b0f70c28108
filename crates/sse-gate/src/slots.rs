//! How many streams may be open: [`StreamSlots`], in all and for one subject.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sse_gate_core::Subject;
use tokio::time::Instant;

use crate::pulse::Pulse;

/// How long a server may let a stream wait before its place is taken.
const PATIENCE: Duration = Duration::from_secs(30);

/// At the cap, all streams are looked at no more often than this.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(1);

/// Caps on open streams. Clones share the count.
///
/// A place is reserved before a token is redeemed, so at the cap of all streams no token is
/// spent. Whose place it is shows only with the grant: a subject that is at its own cap loses the
/// token that it showed.
///
/// At a cap, the places of streams are taken that their servers have left waiting for 30 s: with a
/// frame that was handed over, or none yet, and no question for the next one, as it is when a client
/// no longer reads. Such a stream ends when its server asks again.
#[derive(Clone, Debug)]
pub struct StreamSlots(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    max: usize,
    max_per_subject: usize,
    patience: Duration,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    reserved: usize,
    by_subject: HashMap<Subject, Vec<Arc<Pulse>>>,
    swept_at: Option<Instant>,
}

impl StreamSlots {
    /// At most `max` streams open in all, and `max_per_subject` of one subject's.
    pub fn new(max: usize, max_per_subject: usize) -> Self {
        Self::with(max, max_per_subject, PATIENCE)
    }

    /// The same caps, counted anew, at which streams lose their places that their servers have left
    /// waiting for `patience`, instead of 30 s.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self::with(self.0.max, self.0.max_per_subject, patience)
    }

    fn with(max: usize, max_per_subject: usize, patience: Duration) -> Self {
        Self(Arc::new(Inner {
            max,
            max_per_subject,
            patience,
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
            open.sweep(self.0.patience);
        }
        if open.reserved >= self.0.max {
            return None;
        }
        open.reserved += 1;
        Some(Reservation(Some(Arc::clone(&self.0))))
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

impl Open {
    /// Frees the places of all streams that have waited for too long.
    fn sweep(&mut self, patience: Duration) {
        let now = Instant::now();
        let is_soon = |swept_at| now < swept_at + BETWEEN_SWEEPS.min(patience);
        if self.swept_at.is_some_and(is_soon) {
            return;
        }
        self.swept_at = Some(now);
        let mut freed = 0;
        self.by_subject.retain(|_, pulses| {
            freed += give_up(pulses, patience);
            !pulses.is_empty()
        });
        self.reserved -= freed;
    }
}

/// Leaves out the streams that have waited for too long; how many they are.
fn give_up(pulses: &mut Vec<Arc<Pulse>>, patience: Duration) -> usize {
    let before = pulses.len();
    pulses.retain(|pulse| !pulse.give_up(patience));
    before - pulses.len()
}

/// A place that is nobody's yet. Dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Reservation(Option<Arc<Inner>>);

impl Reservation {
    /// Makes it the subject's, unless that has as many as it may have.
    pub(crate) fn claim(mut self, subject: &Subject) -> Option<Slot> {
        let inner = self.0.as_ref()?;
        let mut open = inner.lock();
        let pulses = open.by_subject.entry(subject.clone()).or_default();
        let mut freed = 0;
        if pulses.len() >= inner.max_per_subject {
            freed = give_up(pulses, inner.patience);
        }
        let pulse = (pulses.len() < inner.max_per_subject).then(|| Arc::new(Pulse::new()));
        pulses.extend(pulse.clone());
        if pulses.is_empty() {
            open.by_subject.remove(subject);
        }
        open.reserved -= freed;
        drop(open);
        Some(Slot {
            pulse: pulse?,
            subject: subject.clone(),
            inner: self.0.take()?,
        })
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(inner) = &self.0 {
            inner.lock().reserved -= 1;
        }
    }
}

/// A subject's place. Dropped, it is free again, unless it was taken before.
#[derive(Debug)]
pub(crate) struct Slot {
    subject: Subject,
    pulse: Arc<Pulse>,
    inner: Arc<Inner>,
}

impl Slot {
    pub(crate) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.pulse)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.inner.lock();
        let Some(pulses) = open.by_subject.get_mut(&self.subject) else {
            return;
        };
        let before = pulses.len();
        pulses.retain(|pulse| !Arc::ptr_eq(pulse, &self.pulse));
        let freed = before - pulses.len();
        if pulses.is_empty() {
            open.by_subject.remove(&self.subject);
        }
        open.reserved -= freed;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn subject(name: &str) -> Subject {
        Subject::new(name).unwrap()
    }

    impl StreamSlots {
        fn claim(&self, name: &str) -> Option<Slot> {
            self.reserve()?.claim(&subject(name))
        }
    }

    /// G8
    #[tokio::test]
    async fn no_more_are_open_than_may_be() {
        let slots = StreamSlots::new(2, 1);
        let first = slots.reserve().unwrap();
        let alice = slots.claim("alice").unwrap();
        assert!(slots.reserve().is_none(), "a third place of two");
        drop(first);
        assert!(slots.claim("alice").is_none());
        let bob = slots.claim("bob").unwrap();
        drop((alice, bob));
        assert_eq!(slots.open(), 0);
        assert!(
            slots.0.lock().by_subject.is_empty(),
            "a subject is remembered for nothing"
        );
    }

    /// F5: at either cap, and only there, and counted once.
    #[tokio::test(start_paused = true)]
    async fn a_place_is_taken_from_a_stream_that_waits_for_its_server_too_long() {
        for (max, name) in [(2, "carol"), (10, "alice")] {
            let slots = StreamSlots::new(max, 2);
            let [stalled, asked] = [(); 2].map(|()| slots.claim("alice").unwrap());
            stalled.pulse.gave(Instant::now());
            asked.pulse.gave(Instant::now());
            advance(PATIENCE).await;
            assert!(slots.claim(name).is_none(), "it had its time");
            assert!(asked.pulse.asked());
            advance(BETWEEN_SWEEPS).await;
            let claimed = slots.claim(name).expect("a place that is not in use");
            assert!(!stalled.pulse.asked() && !stalled.pulse.gave(Instant::now()));
            assert!(asked.pulse.asked());
            assert_eq!(slots.open(), 2);
            drop(stalled);
            assert_eq!(slots.open(), 2, "a place is freed twice");
            advance(10 * PATIENCE).await;
            assert!(slots.claim(name).is_none(), "streams that are asked stay");
            drop((claimed, asked));
            assert_eq!(slots.open(), 0);
            assert!(slots.0.lock().by_subject.is_empty());
        }
    }

    /// F5
    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_being_answered_keeps_its_place() {
        let slots = StreamSlots::new(1, 1).with_patience(Duration::from_secs(1));
        let slot = slots.claim("alice").unwrap();
        advance(Duration::from_secs(100)).await;
        assert!(slots.reserve().is_none());
        assert!(slot.pulse.gave(Instant::now()));
        advance(Duration::from_secs(2)).await;
        assert!(slots.reserve().is_some());
    }
}
