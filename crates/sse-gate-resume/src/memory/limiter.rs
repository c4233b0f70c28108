//! Places in this process's memory: [`MemoryLimiter`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Clock, SteadyTime, Subject, SystemClock};

use super::StreamLimits;
use super::places::Places;
use crate::store::{Claimed, LimiterError, Place, PlaceId, Renewed, StreamLimiter};
use crate::sync::Mutex;

/// Places in memory, under one lock that is held only for a few steps in a table. Clones share the places.
///
/// This is for tests of several nodes in one process. A service on one node has no need of it:
/// `StreamSlots` of `sse-gate` count by themselves.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_core::{ManualClock, Subject};
/// use sse_gate_resume::StreamLimits;
/// use sse_gate_resume::backend::{Claimed, MemoryLimiter, Place, PlaceId, StreamLimiter};
///
/// # pollster::block_on(async {
/// let clock = ManualClock::default();
/// let limits = StreamLimits::default().with_max_per_subject(1);
/// let node = MemoryLimiter::new(limits).with_clock(clock.clone());
/// let other = node.clone();
///
/// let alice = Subject::new("alice")?;
/// let place = |id| Place {
///     subject: alice.clone(),
///     id: PlaceId::from_bytes([id; 16]),
///     generation: 1,
/// };
/// assert_eq!(node.claim(place(1)).await?, Claimed::Granted);
/// assert_eq!(other.claim(place(2)).await?, Claimed::FullForSubject);
///
/// // The first node dies, and no longer renews its place.
/// clock.advance(limits.ttl());
/// assert_eq!(other.claim(place(2)).await?, Claimed::Granted);
/// assert_eq!(other.open_of(&alice), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct MemoryLimiter {
    places: Arc<Mutex<Places>>,
    clock: Arc<dyn Clock>,
}

impl MemoryLimiter {
    /// A limiter without places, which keeps to these bounds.
    pub fn new(limits: StreamLimits) -> Self {
        Self {
            places: Arc::new(Mutex::new(Places::new(limits))),
            clock: Arc::new(SystemClock),
        }
    }

    /// Sets the clock, the system's by default.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How many places are in use.
    pub fn len(&self) -> usize {
        let now = self.now();
        self.places.lock().len(now)
    }

    /// Whether no place is in use.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many places of a subject are in use.
    pub fn open_of(&self, subject: &Subject) -> usize {
        let now = self.now();
        self.places.lock().len_of(subject, now)
    }

    fn now(&self) -> SteadyTime {
        self.clock.steady()
    }
}

impl Default for MemoryLimiter {
    fn default() -> Self {
        Self::new(StreamLimits::default())
    }
}

impl fmt::Debug for MemoryLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLimiter")
            .field("places", &self.len())
            .finish_non_exhaustive()
    }
}

impl StreamLimiter for MemoryLimiter {
    fn ttl(&self) -> Duration {
        self.places.lock().limits().ttl()
    }

    async fn has_room(&self, id: PlaceId) -> Result<bool, LimiterError> {
        let now = self.now();
        Ok(self.places.lock().has_room(id, now))
    }

    async fn claim(&self, place: Place) -> Result<Claimed, LimiterError> {
        let now = self.now();
        Ok(self.places.lock().claim(place, now))
    }

    async fn renew(&self, places: Vec<Place>) -> Result<Vec<Renewed>, LimiterError> {
        let now = self.now();
        let mut table = self.places.lock();
        let renewed = places.iter().map(|place| table.renew(place, now));
        Ok(renewed.collect())
    }

    async fn free(&self, places: Vec<Place>) -> Result<(), LimiterError> {
        let mut table = self.places.lock();
        for place in &places {
            table.free(place);
        }
        Ok(())
    }
}
