//! How many streams are open on all nodes together: [`StreamLimiter`].

use std::fmt;
use std::time::Duration;

use super::{LimiterError, Place, PlaceId};

/// Keeps places for open streams, for all nodes together: so many in all, and so many for one subject.
/// **Each operation is atomic** for each of its places, whatever other tasks and nodes do at the same
/// time.
///
/// A place ends by itself after [`ttl`](Self::ttl), unless its node renews it. So the places of a node
/// that dies are free again after that time, and no count is ever wrong for longer.
///
/// The caps belong to the settings of a store, like those of a
/// [`SessionStore`](super::SessionStore). All of its callers count by the same ones.
///
/// # Connections of one session
///
/// All connections of a session have [one place](super::PlaceId), with the generation of the connection.
/// A client that comes back on another node takes its place over. What the node before does late, with
/// an earlier generation, changes nothing.
///
/// # A backend in Redis
///
/// One sorted set for each subject and one for all, whose members are places and whose scores are their
/// ends by the server's time. A claim is one script: remove what has ended, count, add. Beside each
/// place, the script keeps its generation, with the same end.
///
/// # Example
///
/// A limiter around another one, which gives no place to newcomers while the service drains.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use std::time::Duration;
/// use sse_gate_resume::backend::{
///     Claimed, MemoryLimiter, Place, PlaceId, Renewed, StreamLimiter,
/// };
/// use sse_gate_resume::error::LimiterError;
///
/// #[derive(Debug, Default)]
/// struct Draining {
///     inner: MemoryLimiter,
///     drains: AtomicBool,
/// }
///
/// impl StreamLimiter for Draining {
///     async fn has_room(&self, id: PlaceId) -> Result<bool, LimiterError> {
///         Ok(!self.drains.load(Ordering::Relaxed) && self.inner.has_room(id).await?)
///     }
///
///     async fn claim(&self, place: Place) -> Result<Claimed, LimiterError> {
///         if self.drains.load(Ordering::Relaxed) {
///             return Ok(Claimed::Full);
///         }
///         self.inner.claim(place).await
///     }
///
///     // All other operations are the inner limiter's.
///     fn ttl(&self) -> Duration {
///         self.inner.ttl()
///     }
///
///     async fn renew(&self, places: Vec<Place>) -> Result<Vec<Renewed>, LimiterError> {
///         self.inner.renew(places).await
///     }
///
///     async fn free(&self, places: Vec<Place>) -> Result<(), LimiterError> {
///         self.inner.free(places).await
///     }
/// }
/// ```
pub trait StreamLimiter: fmt::Debug + Send + Sync + 'static {
    /// How long a place lasts after it was claimed or renewed. A node renews its places every third of it.
    fn ttl(&self) -> Duration;

    /// Whether there is room in all for this place: it is there already, or there is room for one more. It
    /// changes nothing.
    ///
    /// It is asked before a token is taken or a session goes on. So both stay untouched if the limiter is
    /// full or can't be asked. The subject is not known then.
    fn has_room(&self, id: PlaceId) -> impl Future<Output = Result<bool, LimiterError>> + Send;

    /// Claims a place, for [`ttl`](Self::ttl) from now.
    ///
    /// The claim of a place that is there succeeds at any cap, and counts no second time. It renews the
    /// place for the new connection. But if the place is a later connection's, the claim gets
    /// [`Replaced`](Claimed::Replaced).
    fn claim(&self, place: Place) -> impl Future<Output = Result<Claimed, LimiterError>> + Send;

    /// Renews places, each for [`ttl`](Self::ttl) from now. Returns what became of each, in the same
    /// order. A place that is gone is not claimed again.
    fn renew(
        &self,
        places: Vec<Place>,
    ) -> impl Future<Output = Result<Vec<Renewed>, LimiterError>> + Send;

    /// Frees places. A place that is gone, or that is another connection's, is ignored.
    fn free(&self, places: Vec<Place>) -> impl Future<Output = Result<(), LimiterError>> + Send;
}

/// What became of a [claim](StreamLimiter::claim).
///
/// The enum is exhaustive on purpose: a caller must decide about each answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The place is the connection's.
    Granted,
    /// A later connection of the session has the place.
    Replaced,
    /// The subject has as many places as it may have.
    FullForSubject,
    /// There are as many places as there may be.
    Full,
}

/// What became of a place that was to be [renewed](StreamLimiter::renew).
///
/// The enum is exhaustive on purpose: a node must decide about each answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// The place lasts on.
    Kept,
    /// The place has ended, or was never claimed for this connection. It can be claimed again.
    Gone,
    /// A later connection of the session has the place.
    Replaced,
}
