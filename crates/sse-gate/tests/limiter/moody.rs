//! A node's handle of the limiter, which works, errs, hangs or loses calls as it is told: [`Moody`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sse_gate::sessions::backend::{Claimed, MemoryLimiter, Place, PlaceId, Renewed, StreamLimiter};
use sse_gate::sessions::error::LimiterError;
use tokio::sync::watch;

/// How a limiter behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Works,
    Errs,
    /// Waits until it is told something else, and then does what it was asked.
    Hangs,
    /// Does that when it is asked for a place. The rest works.
    HangsClaims,
    /// Answers, and does nothing: the calls of a dead node.
    Loses,
}

/// One node's handle. Clones share the mood and the counts.
#[derive(Clone, Debug)]
pub(crate) struct Moody {
    inner: MemoryLimiter,
    mood: watch::Sender<Mood>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    asked: AtomicUsize,
    renewed: AtomicUsize,
    freed: AtomicUsize,
}

impl Moody {
    pub(crate) fn new(inner: MemoryLimiter) -> Self {
        Self {
            inner,
            mood: watch::Sender::new(Mood::Works),
            counts: Arc::default(),
        }
    }

    pub(crate) fn becomes(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// How often it was asked for anything.
    pub(crate) fn asked(&self) -> usize {
        self.counts.asked.load(Ordering::SeqCst)
    }

    /// How often it was asked to renew places.
    pub(crate) fn renewed(&self) -> usize {
        self.counts.renewed.load(Ordering::SeqCst)
    }

    /// How many places it has freed.
    pub(crate) fn freed(&self) -> usize {
        self.counts.freed.load(Ordering::SeqCst)
    }

    /// Returns whether it is to do what it was asked.
    async fn once_in_the_mood(&self, is_claim: bool) -> Result<bool, LimiterError> {
        self.counts.asked.fetch_add(1, Ordering::SeqCst);
        let mood = *self.mood.borrow();
        match mood {
            Mood::Works => Ok(true),
            Mood::HangsClaims if !is_claim => Ok(true),
            Mood::Errs => Err(LimiterError::unavailable("it is down")),
            Mood::Loses => Ok(false),
            Mood::Hangs | Mood::HangsClaims => {
                let mut moods = self.mood.subscribe();
                let _ = moods.wait_for(|now| *now != mood).await;
                Ok(true)
            }
        }
    }
}

impl StreamLimiter for Moody {
    fn ttl(&self) -> Duration {
        self.inner.ttl()
    }

    async fn has_room(&self, id: PlaceId) -> Result<bool, LimiterError> {
        Ok(!self.once_in_the_mood(false).await? || self.inner.has_room(id).await?)
    }

    async fn claim(&self, place: Place) -> Result<Claimed, LimiterError> {
        if !self.once_in_the_mood(true).await? {
            return Ok(Claimed::Granted);
        }
        self.inner.claim(place).await
    }

    async fn renew(&self, places: Vec<Place>) -> Result<Vec<Renewed>, LimiterError> {
        self.counts.renewed.fetch_add(1, Ordering::SeqCst);
        if !self.once_in_the_mood(false).await? {
            return Ok(vec![Renewed::Kept; places.len()]);
        }
        self.inner.renew(places).await
    }

    async fn free(&self, places: Vec<Place>) -> Result<(), LimiterError> {
        if self.once_in_the_mood(false).await? {
            let count = places.len();
            self.inner.free(places).await?;
            self.counts.freed.fetch_add(count, Ordering::SeqCst);
        }
        Ok(())
    }
}
