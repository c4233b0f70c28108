//! The store of tokens: [`RedisTokens`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Entry, Epoch, Limits, StoreError, Subject, TokenKey, TokenStore};

use crate::Redis;
use crate::handle::Shared;
use crate::server::Server;
use crate::tokens;

/// Keeps unused tokens on a [`Redis`] server. A token that one node has issued is taken by another one, once.
///
/// ```no_run
/// use sse_gate_core::{GrantRequest, Limits, Resource, Subject, TokenGate};
/// use sse_gate_redis::{Redis, RedisOptions, RedisTokens};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let redis = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
/// let gate = TokenGate::new(RedisTokens::new(&redis, Limits::default()));
/// let feed = Resource::new(["feed"])?;
/// let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
/// assert!(gate.redeem(issued.token().expose(), &feed).await.is_ok());
/// assert!(gate.redeem(issued.token().expose(), &feed).await.is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it costs
///
/// To insert and to take are one round trip each: `SET NX PX` or `GETDEL`, together with a script that counts.
///
/// # A failover
///
/// Redis answers before its replicas know. So a replica that is promoted may still have a token that was taken, and a
/// server that restarts may have lost the last second of what it was to write. A token is therefore good only in the
/// run of the server in which it was made. After a failover or a restart, each client that holds one asks for
/// another.
#[derive(Clone, Debug)]
pub struct RedisTokens {
    shared: Arc<Shared>,
    limits: Arc<Limits>,
}

impl RedisTokens {
    /// The tokens on a server, with these caps. All nodes need the same caps: each checks its own, against what all have
    /// issued together.
    ///
    /// ```no_run
    /// use sse_gate_core::{GrantRequest, IssueErrorKind, Limits, Resource, Subject, TokenGate};
    /// use sse_gate_redis::{Redis, RedisOptions, RedisTokens};
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let limits = Limits::default().with_tokens_per_subject(1);
    /// // Two nodes.
    /// let connect = || Redis::connect("redis://127.0.0.1", RedisOptions::unsealed());
    /// let one = TokenGate::new(RedisTokens::new(&connect().await?, limits.clone()));
    /// let two = TokenGate::new(RedisTokens::new(&connect().await?, limits));
    ///
    /// let request = || Ok::<_, Box<dyn std::error::Error>>(GrantRequest::new(
    ///     Subject::new("alice")?,
    ///     Resource::new(["feed"])?,
    /// ));
    /// one.issue(request()?).await?;
    /// let error = two.issue(request()?).await.unwrap_err();
    /// assert!(matches!(error.kind(), IssueErrorKind::Full(_)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(redis: &Redis, limits: Limits) -> Self {
        Self {
            shared: Arc::clone(redis.shared()),
            limits: Arc::new(limits),
        }
    }
}

impl TokenStore for RedisTokens {
    async fn insert(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        self.limits.check_payload(entry.payload_len())?;
        let (link, limits, entry) = (&self.shared.link, &*self.limits, &entry);
        let insert = |server: Arc<Server>| async move {
            tokens::insert(&server, link.keyspace(), limits, &key, entry, ttl).await
        };
        link.with(insert).await?
    }

    async fn take(&self, key: TokenKey) -> Result<Option<Entry>, StoreError> {
        let link = &self.shared.link;
        let take =
            |server: Arc<Server>| async move { tokens::take(&server, link.keyspace(), &key).await };
        link.with(take).await?
    }

    async fn withdraw(&self, subject: Subject) -> Result<usize, StoreError> {
        let (link, subject) = (&self.shared.link, &subject);
        let withdraw = |server: Arc<Server>| async move {
            tokens::withdraw(&server, link.keyspace(), subject).await
        };
        Ok(link.with(withdraw).await?)
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        let link = &self.shared.link;
        let epoch =
            |server: Arc<Server>| async move { tokens::epoch(&server, link.keyspace()).await };
        Ok(link.with(epoch).await?)
    }
}
