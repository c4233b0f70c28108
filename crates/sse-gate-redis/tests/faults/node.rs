//! A node, as a service has it: [`Node`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_codec::Event;
use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate, TokenKey};
use sse_gate_redis::{Redis, RedisBus, RedisLogs, RedisSessions};
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{
    Logs, Opening, ResumeKey, ResumeKeys, ResumePolicy, SessionLimits, Sessions, Start,
    Subscription, Topics,
};
use tokio::runtime::Handle;

/// In it, clients may come back as often as they like.
const SPAN: Duration = Duration::from_secs(1);

/// Sessions, logs and a feed on the server. Clones are the same node.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    sessions: Sessions,
    topics: Topics,
}

impl Node {
    /// Starts it, and waits until it hears what nodes tell each other.
    pub(crate) async fn start(redis: &Redis) -> Self {
        let runtime = Handle::current();
        let spawn = move |chore| {
            runtime.spawn(chore);
            None
        };
        let logs = Logs::default()
            .with_store(RedisLogs::new(redis))
            .with_spawn(spawn.clone());
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).expect("a good key"));
        let store = RedisSessions::new(redis, SessionLimits::default());
        let sessions = Sessions::new(store, keys)
            .with_logs(&logs)
            .with_bus(RedisBus::new(redis))
            .with_spawn(spawn);
        tokio::spawn(sessions.listen(tokio::time::sleep));
        while !sessions.is_connected() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Self {
            sessions,
            topics: Topics::new(logs),
        }
    }

    /// Writes a number to the feed. Returns whether it was acknowledged.
    pub(crate) async fn append(&self, number: u64) -> bool {
        let data = number.to_string();
        let Ok(log) = self.topics.log("feed", None).await else {
            return false;
        };
        log.append(&Event::new().data(&data)).await.is_ok()
    }

    /// Begins a session that reads the feed from here on.
    pub(crate) async fn open(&self, subject: &str, token: TokenKey) -> Option<Subscription> {
        let arrival = self.sessions.arrival().await.ok()?;
        let subject = Subject::new(subject).expect("it is short");
        let feed = Resource::new(["feed"]).expect("it is short");
        let gate = TokenGate::new(MemoryStore::default());
        let grant = gate.grant(GrantRequest::new(subject, feed)).await;
        let grant = grant.expect("there is room");
        let log = self.topics.log("feed", None).await.ok()?;
        let opening = Opening::new(arrival, &grant, token, Arc::new(log))
            .on_shared_log()
            .with_start(Start::Last(0))
            .with_policy(ResumePolicy::default().with_takeovers(u32::MAX, SPAN));
        self.sessions.open(opening).await.ok()
    }

    /// Goes on with a session.
    pub(crate) async fn resume(
        &self,
        id: &str,
        token: TokenKey,
    ) -> Result<Subscription, ResumeError> {
        let resumed = self.sessions.resume(id, token).await?;
        Ok(resumed.subscribe())
    }
}
