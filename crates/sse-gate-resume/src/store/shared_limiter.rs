//! A limiter of streams chosen at run time: [`SharedLimiter`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{Claimed, LimiterError, Place, PlaceId, Renewed, StreamLimiter};

/// Any [`StreamLimiter`] behind one type. Clones share the limiter.
///
/// ```
/// use sse_gate_resume::StreamLimits;
/// use sse_gate_resume::backend::{MemoryLimiter, SharedLimiter, StreamLimiter};
///
/// // Which limiter it is, is read from the configuration.
/// let limits = StreamLimits::default();
/// let limiter = SharedLimiter::new(MemoryLimiter::new(limits));
/// assert_eq!(limiter.ttl(), limits.ttl());
/// ```
#[derive(Clone)]
pub struct SharedLimiter(Arc<dyn ErasedLimiter>);

impl SharedLimiter {
    /// Wraps a limiter of any type.
    pub fn new(limiter: impl StreamLimiter) -> Self {
        Self(Arc::new(limiter))
    }
}

impl fmt::Debug for SharedLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedLimiter").field(&self.0).finish()
    }
}

impl StreamLimiter for SharedLimiter {
    fn ttl(&self) -> Duration {
        self.0.ttl()
    }

    fn has_room(&self, id: PlaceId) -> impl Future<Output = Result<bool, LimiterError>> + Send {
        self.0.has_room(id)
    }

    fn claim(&self, place: Place) -> impl Future<Output = Result<Claimed, LimiterError>> + Send {
        self.0.claim(place)
    }

    fn renew(
        &self,
        places: Vec<Place>,
    ) -> impl Future<Output = Result<Vec<Renewed>, LimiterError>> + Send {
        self.0.renew(places)
    }

    fn free(&self, places: Vec<Place>) -> impl Future<Output = Result<(), LimiterError>> + Send {
        self.0.free(places)
    }
}

type Answer<'s, T> = Pin<Box<dyn Future<Output = Result<T, LimiterError>> + Send + 's>>;

/// A copy of [`StreamLimiter`] that trait objects can implement. It is private, so that no call is
/// ambiguous.
trait ErasedLimiter: fmt::Debug + Send + Sync {
    fn ttl(&self) -> Duration;
    fn has_room(&self, id: PlaceId) -> Answer<'_, bool>;
    fn claim(&self, place: Place) -> Answer<'_, Claimed>;
    fn renew(&self, places: Vec<Place>) -> Answer<'_, Vec<Renewed>>;
    fn free(&self, places: Vec<Place>) -> Answer<'_, ()>;
}

impl<S: StreamLimiter> ErasedLimiter for S {
    fn ttl(&self) -> Duration {
        StreamLimiter::ttl(self)
    }

    fn has_room(&self, id: PlaceId) -> Answer<'_, bool> {
        Box::pin(StreamLimiter::has_room(self, id))
    }

    fn claim(&self, place: Place) -> Answer<'_, Claimed> {
        Box::pin(StreamLimiter::claim(self, place))
    }

    fn renew(&self, places: Vec<Place>) -> Answer<'_, Vec<Renewed>> {
        Box::pin(StreamLimiter::renew(self, places))
    }

    fn free(&self, places: Vec<Place>) -> Answer<'_, ()> {
        Box::pin(StreamLimiter::free(self, places))
    }
}
