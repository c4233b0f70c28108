//! A server, opened: [`Redis`].

use std::sync::Arc;

use sse_gate_resume::backend::{LogWindows, NodeId};

use crate::fault::Fault;
use crate::server::{Link, Source};
use crate::{RedisOptions, ServerError};

/// A Redis or Valkey server, of version 6.2 or newer. Clones share the connection.
///
/// It has one connection, over which all operations go. If the connection breaks, the next operation begins
/// another one. Operations that were under way then fail, and are not repeated: a token that was perhaps taken
/// counts as taken.
///
/// It is one node: it has a name of its own, and gives signs of life until it and all stores that were made from it are
/// dropped.
///
/// ```no_run
/// use sse_gate_core::Limits;
/// use sse_gate_redis::{Redis, RedisOptions, RedisSessions, RedisTokens};
/// use sse_gate_resume::SessionLimits;
/// use sse_gate_resume::backend::SessionStore;
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let redis = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
/// let tokens = RedisTokens::new(&redis, Limits::default());
/// let sessions = RedisSessions::new(&redis, SessionLimits::default());
///
/// // Another process is another node, and so is another connection of this one.
/// let other = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
/// let others = RedisSessions::new(&other, SessionLimits::default());
/// assert_ne!(sessions.node(), others.node());
/// # let _ = tokens;
/// # Ok::<(), sse_gate_redis::ServerError>(())
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Redis {
    shared: Arc<Shared>,
}

/// What all stores on a server share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) link: Link,
    pub(crate) node: NodeId,
    pub(crate) windows: LogWindows,
}

impl Redis {
    /// Connects to the server at an address such as `redis://user:password@host:6379/0`, and checks whether it is
    /// fit to be used. The answer names what is not.
    ///
    /// `rediss://` is TLS, with feature `tls`. Call it in a tokio runtime: the connection belongs to that.
    ///
    /// ```no_run
    /// use sse_gate_redis::{Redis, RedisOptions};
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let address = "redis://sse-gate:password@10.0.0.7:6379/0";
    /// let redis = Redis::connect(address, RedisOptions::unsealed()).await?;
    /// # let _ = redis;
    /// # Ok::<(), sse_gate_redis::ServerError>(())
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind of [`ServerErrorKind`](crate::ServerErrorKind): the server can't be reached, or is not fit.
    pub async fn connect(address: &str, options: RedisOptions) -> Result<Self, ServerError> {
        let source = Source::server(address, &options)?;
        Self::open(source, options).await
    }

    /// Connects to the primary of a service that these sentinels watch. After a failover, the next connection leads to
    /// the new one. [`RedisOptions::with_login`] is for the primary, the addresses are those of the sentinels. All
    /// sentinels have the same login, if they have one: it is part of their addresses.
    ///
    /// If the addresses begin with `rediss://`, the primary is reached over TLS, too. So the sentinels have to watch its
    /// port for TLS, which they do with `tls-replication yes`. If they begin with `redis://`, all is in clear. Some of
    /// each are refused.
    ///
    /// ```no_run
    /// use sse_gate_redis::{Redis, RedisOptions};
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let sentinels = ["redis://10.0.0.1:26379", "redis://10.0.0.2:26379"];
    /// let options = RedisOptions::unsealed();
    /// let redis = Redis::connect_sentinel(&sentinels, "mymaster", options).await?;
    /// # let _ = redis;
    /// # Ok::<(), sse_gate_redis::ServerError>(())
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(feature = "sentinel")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sentinel")))]
    pub async fn connect_sentinel(
        sentinels: &[&str],
        service: &str,
        options: RedisOptions,
    ) -> Result<Self, ServerError> {
        let source = Source::sentinel(sentinels, service, &options)?;
        Self::open(source, options).await
    }

    /// Connects to a cluster. Name some of its servers: the others are found.
    ///
    /// Each log is in a slot of its own, so logs are spread over all servers. Tokens, sessions and counts are in one
    /// slot. If that is too much for one server, use several prefixes, each with a `Redis` of its own.
    ///
    /// ```no_run
    /// use sse_gate_redis::{Redis, RedisOptions};
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let servers = ["redis://10.0.0.1:6379", "redis://10.0.0.2:6379"];
    /// let redis = Redis::connect_cluster(&servers, RedisOptions::unsealed()).await?;
    /// # let _ = redis;
    /// # Ok::<(), sse_gate_redis::ServerError>(())
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(feature = "cluster")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cluster")))]
    pub async fn connect_cluster(
        servers: &[&str],
        options: RedisOptions,
    ) -> Result<Self, ServerError> {
        let source = Source::cluster(servers, &options)?;
        Self::open(source, options).await
    }

    async fn open(source: Source, options: RedisOptions) -> Result<Self, ServerError> {
        let node = draw_node(&options)?;
        let link = Link::new(source, options);
        link.server().await?;
        let shared = Arc::new(Shared {
            link,
            node,
            windows: LogWindows::default(),
        });
        crate::nodes::begin(&shared).await?;
        Ok(Self { shared })
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

fn draw_node(options: &RedisOptions) -> Result<NodeId, Fault> {
    let mut random = [0; 32];
    options.entropy.fill(&mut random)?;
    Ok(NodeId::from_bytes(std::array::from_fn(|at| random[at])))
}
