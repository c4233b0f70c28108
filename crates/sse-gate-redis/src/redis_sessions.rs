//! The store of sessions: [`RedisSessions`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sse_gate_core::{SteadyTime, Subject};
use sse_gate_resume::SessionLimits;
use sse_gate_resume::backend::{
    Due, Moment, NodeId, Record, SessionId, SessionKey, SessionStore, StoredSession,
};
use sse_gate_resume::error::{SessionError, SessionErrorKind};

use crate::Redis;
use crate::handle::Shared;
use crate::server::Server;
use crate::sessions::{self, Recent, RecentSession};

/// How many sessions of a subject that is full are looked at.
const SUSPECTS: usize = 64;

/// Keeps sessions on a [`Redis`] server, so that a stream that breaks on one node goes on at another.
///
/// All nodes need the same [`ResumeKeys`](sse_gate_resume::ResumeKeys), the same limits, and a bus:
/// [`RedisBus`](crate::RedisBus).
///
/// ```no_run
/// use sse_gate_redis::{Redis, RedisBus, RedisLogs, RedisOptions, RedisSessions};
/// use sse_gate_resume::{Logs, ResumeKey, ResumeKeys, SessionLimits, Sessions};
///
/// # let secret = [7; 32];
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let redis = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
/// let logs = Logs::default().with_store(RedisLogs::new(&redis));
/// // The secret is 32 random bytes, the same on all nodes.
/// let keys = ResumeKeys::new(ResumeKey::new('a', secret)?);
/// let sessions = Sessions::new(RedisSessions::new(&redis, SessionLimits::default()), keys)
///     .with_logs(&logs)
///     .with_bus(RedisBus::new(&redis));
/// # let _ = sessions;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it costs
///
/// To create a session is one round trip, and each step of it is two: it is loaded, and swapped in by a script that
/// compares its version. The node that took the last step of a session has it in mind, and needs one: so it is
/// for up to 8,192 sessions whose payload has at most 1,024 bytes. All times are the server's: if the clock of a node is
/// behind it by more than a second, what it has in mind does not count.
///
/// # A node that dies
///
/// Each node gives signs of life. If they stop for the time that
/// [`with_node_ttl`](crate::RedisOptions::with_node_ttl) sets, 10 s by default, its sessions wait for their clients,
/// since the node was last seen. A client that comes back earlier is let in, too: it takes its session over. Time in which
/// the server was away does not count.
///
/// # A failover
///
/// A replica that is promoted may lack the last steps. Then a session is again in the generation before: the id that
/// its client has now is not known, and the client begins anew. An id that was used up in the last moments before the
/// failover may be good once more. `min-replicas-to-write 1` on the server makes that window small.
#[derive(Clone, Debug)]
pub struct RedisSessions {
    shared: Arc<Shared>,
    limits: SessionLimits,
    latest: Arc<Latest>,
    recent: Arc<Recent>,
}

impl RedisSessions {
    /// The sessions on a server, with these caps. All nodes need the same caps.
    pub fn new(redis: &Redis, limits: SessionLimits) -> Self {
        Self {
            shared: Arc::clone(redis.shared()),
            limits,
            latest: Arc::default(),
            recent: Arc::default(),
        }
    }

    async fn try_create(
        &self,
        id: SessionId,
        record: &Record,
    ) -> Result<Result<(), SessionErrorKind>, SessionError> {
        let (link, limits) = (&self.shared.link, self.limits);
        let create = |server: Arc<Server>| async move {
            sessions::create(&server, link.keyspace(), limits, id, record).await
        };
        let created = link.with(create).await?;
        Ok(created.map(|created| self.keep_in_mind(id, created)))
    }

    /// Keeps a session in mind, as it is on the server now. Whether another node is gone, only the server knows.
    fn keep_in_mind(&self, id: SessionId, session: RecentSession) {
        if session.record.node() == self.shared.node {
            self.recent.keep(id, session);
        }
    }

    /// Looks whether a newcomer was refused because of sessions that are lost. If so, they are gone now, and it can
    /// be tried again.
    async fn has_mended(
        &self,
        refused: SessionErrorKind,
        id: SessionId,
        record: &Record,
    ) -> Result<bool, SessionError> {
        let suspects = match refused {
            SessionErrorKind::Exists => {
                let token = record.binding().token;
                vec![SessionKey::Id(id), SessionKey::Token(token)]
            }
            SessionErrorKind::FullForSubject => self.first_of(record).await?,
            _ => Vec::new(),
        };
        let mut has_mended = false;
        for suspect in suspects {
            has_mended |= self.load(suspect).await?.is_none();
        }
        Ok(has_mended)
    }

    /// The first sessions of the record's subject that are not closed.
    async fn first_of(&self, record: &Record) -> Result<Vec<SessionKey>, SessionError> {
        let (link, subject) = (&self.shared.link, record.binding().grant.subject());
        let first = |server: Arc<Server>| async move {
            let subject = server.keys.tags.tag(subject.as_str().as_bytes());
            sessions::open_ones(&server, link.keyspace(), subject, SUSPECTS).await
        };
        let first = link.with(first).await?;
        Ok(first.into_iter().map(SessionKey::Id).collect())
    }
}

/// The latest time that the server told, in milliseconds.
#[derive(Debug, Default)]
struct Latest(AtomicU64);

impl Latest {
    /// This time, or the latest one that was told: the server's clock may be set back, or another server's may be
    /// behind.
    fn at_least(&self, now: SteadyTime) -> SteadyTime {
        let latest = self.0.fetch_max(now.as_millis(), Ordering::Relaxed);
        now.max(SteadyTime::from_millis(latest))
    }
}

impl SessionStore for RedisSessions {
    fn node(&self) -> NodeId {
        self.shared.node
    }

    async fn moment(&self) -> Result<Moment, SessionError> {
        let link = &self.shared.link;
        let moment =
            |server: Arc<Server>| async move { sessions::moment(&server, link.keyspace()).await };
        let (epoch, now) = link.with(moment).await?;
        Ok(Moment {
            epoch,
            now: self.latest.at_least(now),
            due: Vec::new(),
        })
    }

    async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
        let Err(refused) = self.try_create(id, &record).await? else {
            return Ok(());
        };
        // If it can't be looked for, the newcomer is refused all the same.
        if let Ok(true) = self.has_mended(refused, id, &record).await {
            return Ok(self.try_create(id, &record).await??);
        }
        Err(refused.into())
    }

    async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        let link = &self.shared.link;
        let load = |server: Arc<Server>| async move {
            sessions::load(&server, link.keyspace(), link.options().node_ttl, key).await
        };
        let mut found = link.with(load).await?;
        if let Some(stored) = &mut found {
            stored.now = self.latest.at_least(stored.now);
        }
        Ok(found)
    }

    fn recall(&self, id: SessionId) -> Option<StoredSession> {
        let recent = self.recent.get(id)?;
        Some(StoredSession {
            id,
            version: recent.version,
            now: self.latest.at_least(recent.now()),
            record: recent.record,
            node_left_at: None,
            is_recalled: true,
        })
    }

    async fn swap(&self, from: &StoredSession, record: Record) -> Result<bool, SessionError> {
        let (link, record) = (&self.shared.link, &record);
        self.recent.forget(from.id);
        let swap = |server: Arc<Server>| async move {
            sessions::swap(&server, link.keyspace(), from, record).await
        };
        let swapped = link.with(swap).await?;
        Ok(swapped
            .map(|swapped| self.keep_in_mind(from.id, swapped))
            .is_some())
    }

    async fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> Result<Vec<SessionId>, SessionError> {
        let (link, subject) = (&self.shared.link, subject.as_str().as_bytes());
        let waiting = |server: Arc<Server>| async move {
            let subject = server.keys.tags.tag(subject);
            let node_ttl = link.options().node_ttl;
            sessions::waiting(&server, link.keyspace(), node_ttl, subject, limit).await
        };
        Ok(link.with(waiting).await?)
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        let link = &self.shared.link;
        let due = |server: Arc<Server>| async move {
            sessions::due(&server, link.keyspace(), link.options().node_ttl, limit).await
        };
        Ok(link.with(due).await?)
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        let (link, subject) = (&self.shared.link, subject.as_str().as_bytes());
        let revoke = |server: Arc<Server>| async move {
            let subject = server.keys.tags.tag(subject);
            sessions::revoke(&server, link.keyspace(), subject).await
        };
        Ok(link.with(revoke).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E9: a server's clock that is set back makes no session live longer.
    #[test]
    fn time_never_goes_back() {
        let latest = Latest::default();
        let times = [5, 9, 7, 9, 10].map(|millis| latest.at_least(SteadyTime::from_millis(millis)));
        assert_eq!(times.map(SteadyTime::as_millis), [5, 9, 9, 9, 10]);
    }
}
