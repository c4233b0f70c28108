//! The cap on open streams of all nodes: [`RedisLimiter`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_resume::StreamLimits;
use sse_gate_resume::backend::{Claimed, Place, PlaceId, Renewed, StreamLimiter};
use sse_gate_resume::error::LimiterError;

use crate::Redis;
use crate::handle::Shared;
use crate::limiter;
use crate::server::Server;

/// Counts the open streams of all nodes together, on a [`Redis`] server: so many in all, and so many for one subject.
///
/// Give it to the `StreamSlots` of `sse-gate`, which claim, renew and free places for the streams of a node.
///
/// ```no_run
/// use sse_gate_core::Subject;
/// use sse_gate_redis::{Redis, RedisLimiter, RedisOptions};
/// use sse_gate_resume::StreamLimits;
/// use sse_gate_resume::backend::{Claimed, Place, PlaceId, StreamLimiter};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let redis = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
/// let limiter = RedisLimiter::new(&redis, StreamLimits::default().with_max_per_subject(1));
/// let alice = Subject::new("alice")?;
/// let place = |id| Place {
///     subject: alice.clone(),
///     id: PlaceId::from_bytes([id; 16]),
///     generation: 1,
/// };
/// assert_eq!(limiter.claim(place(1)).await?, Claimed::Granted);
/// assert_eq!(limiter.claim(place(2)).await?, Claimed::FullForSubject);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it costs
///
/// Each operation is one round trip, and one script on the server. To renew or free more than 256 places takes one for
/// each 256. A claim takes no longer because many places are in use, or because many have ended at once, as after the
/// death of a node. A place takes about half a kilobyte of the server's memory.
///
/// # Nodes that die, and servers
///
/// - The places of a node that dies are free after [`ttl`](StreamLimiter::ttl), by the server's clock. If that clock
///   is set back, they are free later by as much. If it is set forward, places end early, and their nodes claim them
///   again.
/// - A server that loses its data has no places. Each node claims those of its streams again, within a third of the
///   ttl. Until then there may be more streams than the caps allow: up to twice as many, if as many newcomers come.
/// - Redis answers before its replicas know. So a replica that is promoted may lack the places of the last moment.
///   Their nodes claim them again, too.
/// - A server whose memory is full gives no place to newcomers. It still renews and frees places.
#[derive(Clone, Debug)]
pub struct RedisLimiter {
    shared: Arc<Shared>,
    limits: StreamLimits,
}

impl RedisLimiter {
    /// The places on a server, with these caps. All nodes need the same caps.
    pub fn new(redis: &Redis, limits: StreamLimits) -> Self {
        Self {
            shared: Arc::clone(redis.shared()),
            limits,
        }
    }
}

impl StreamLimiter for RedisLimiter {
    fn ttl(&self) -> Duration {
        self.limits.ttl()
    }

    async fn has_room(&self, id: PlaceId) -> Result<bool, LimiterError> {
        let (link, limits) = (&self.shared.link, &self.limits);
        let ask = |server: Arc<Server>| async move {
            limiter::has_room(&server, link.keyspace(), limits, id).await
        };
        Ok(link.with(ask).await?)
    }

    async fn claim(&self, place: Place) -> Result<Claimed, LimiterError> {
        let (link, limits, place) = (&self.shared.link, &self.limits, &place);
        let claim = |server: Arc<Server>| async move {
            limiter::claim(&server, link.keyspace(), limits, place).await
        };
        Ok(link.with(claim).await?)
    }

    async fn renew(&self, places: Vec<Place>) -> Result<Vec<Renewed>, LimiterError> {
        let (link, ttl, places) = (&self.shared.link, self.ttl(), &places[..]);
        let renew = |server: Arc<Server>| async move {
            limiter::renew(&server, link.keyspace(), ttl, places).await
        };
        Ok(link.with(renew).await?)
    }

    async fn free(&self, places: Vec<Place>) -> Result<(), LimiterError> {
        let (link, places) = (&self.shared.link, &places[..]);
        let free = |server: Arc<Server>| async move {
            limiter::free(&server, link.keyspace(), places).await
        };
        Ok(link.with(free).await?)
    }
}
