//! How to use a server: [`RedisOptions`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Entropy, SystemEntropy};
use sse_gate_seal::SealingKeys;
#[cfg(feature = "sentinel")]
use zeroize::Zeroizing;

/// How many operations may be under way by default.
const OPERATIONS: usize = 4_096;

/// How long an answer may take by default: less than a gate waits for its store.
const TIMEOUT: Duration = Duration::from_millis(200);

/// After this time without a sign of life, a node counts as gone, by default.
const NODE_TTL: Duration = Duration::from_secs(10);

/// How to use a server: sealed with keys, or unsealed; under which prefix; how long to wait.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_redis::{RedisOptions, SealingKey, SealingKeys};
///
/// # let secret = [7; 32];
/// // The secret is 32 random bytes, from a file or a vault. All nodes have the same.
/// let options = RedisOptions::sealed(SealingKeys::new(SealingKey::new(secret)))
///     .with_prefix("shop")
///     .with_timeout(Duration::from_millis(100));
/// # let _ = options;
/// ```
#[derive(Debug)]
pub struct RedisOptions {
    pub(crate) keys: Option<SealingKeys>,
    pub(crate) prefix: String,
    pub(crate) timeout: Duration,
    pub(crate) operations: usize,
    pub(crate) node_ttl: Duration,
    #[cfg(feature = "sentinel")]
    pub(crate) login: Option<Login>,
    #[cfg(feature = "tls")]
    pub(crate) certificates: Option<Vec<u8>>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl RedisOptions {
    /// Seals all values with these keys.
    ///
    /// Someone who reads the server learns no subject, no payload and no event: only how many tokens,
    /// sessions and events there are, which of them belong together, how large they are and when they end.
    /// Someone who writes to it can delete values and put back old ones, and can change the order of a
    /// log's events. A value that was forged, changed or moved is refused.
    ///
    /// ```no_run
    /// use sse_gate_redis::{Redis, RedisOptions, SealingKey, SealingKeys, ServerErrorKind};
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// // Made once, by `head -c 32 /dev/urandom > sealing.key`, and given to all nodes.
    /// let secret: [u8; 32] = std::fs::read("sealing.key")?
    ///     .try_into()
    ///     .map_err(|_| "a key has 32 bytes")?;
    /// let keys = SealingKeys::new(SealingKey::new(secret));
    /// let connected = Redis::connect("redis://127.0.0.1", RedisOptions::sealed(keys)).await;
    /// if let Err(error) = &connected {
    ///     // Another key, or none, was used under this prefix.
    ///     if error.kind() == ServerErrorKind::WrongKeys {
    ///         eprintln!("is this the key of the other nodes?");
    ///     }
    /// }
    /// # let _ = connected?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # A new key
    ///
    /// Nodes are replaced one after the other, and each must open what the others seal. So first give all of them the
    /// new key as the previous one. Then make it the current one on each, with the old one as the previous one. Drop the
    /// old one when the longest session has ended.
    ///
    /// ```
    /// use sse_gate_redis::{RedisOptions, SealingKey, SealingKeys};
    ///
    /// # let (old, new) = ([1; 32], [2; 32]);
    /// let first = SealingKeys::new(SealingKey::new(old)).with_previous(SealingKey::new(new));
    /// let second = SealingKeys::new(SealingKey::new(new)).with_previous(SealingKey::new(old));
    /// # let _ = (RedisOptions::sealed(first), RedisOptions::sealed(second));
    /// ```
    pub fn sealed(keys: SealingKeys) -> Self {
        Self::new(Some(keys))
    }

    /// Seals nothing. Subjects, payloads and events stand on the server in clear, and someone who can write
    /// to it can make tokens.
    ///
    /// Tokens themselves are never on the server, sealed or not: only digests of them. Whether a prefix is sealed is
    /// decided by the first node that uses it. To change that, take another prefix.
    ///
    /// ```
    /// use sse_gate_redis::RedisOptions;
    ///
    /// // For a test, or a server that nobody else can reach.
    /// let options = RedisOptions::unsealed().with_prefix("test");
    /// # let _ = options;
    /// ```
    pub fn unsealed() -> Self {
        Self::new(None)
    }

    fn new(keys: Option<SealingKeys>) -> Self {
        Self {
            keys,
            prefix: "sse-gate".to_owned(),
            timeout: TIMEOUT,
            operations: OPERATIONS,
            node_ttl: NODE_TTL,
            #[cfg(feature = "sentinel")]
            login: None,
            #[cfg(feature = "tls")]
            certificates: None,
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// Sets what all keys begin with. `sse-gate` by default. Two services that share a server need
    /// different prefixes, and neither may begin with the other and a colon.
    ///
    /// Other databases of the same server are no help: all of them share the channels.
    ///
    /// ```
    /// use sse_gate_redis::RedisOptions;
    ///
    /// let shop = RedisOptions::unsealed().with_prefix("shop");
    /// let blog = RedisOptions::unsealed().with_prefix("blog");
    /// # let _ = (shop, blog);
    /// ```
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets how long the server may take to answer, and to accept a connection. 200 ms by default. A gate
    /// waits 250 ms for its stores, unless it is told otherwise.
    ///
    /// An answer that is late counts as lost: the connection is given up, and the next operation begins
    /// another one. So take more than the longest pause of a healthy server, such as for a fork to save its data.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate_redis::RedisOptions;
    ///
    /// // The server is in the next room, and clients should not wait.
    /// let options = RedisOptions::unsealed().with_timeout(Duration::from_millis(50));
    /// # let _ = options;
    /// ```
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how many operations may be under way, 4,096 by default. One more is refused with
    /// [`ServerErrorKind::Busy`](crate::ServerErrorKind::Busy).
    ///
    /// It bounds what waits in memory while the server does not answer. An operation holds its entry, so with payloads of
    /// 64 KiB the default is 256 MiB at most.
    ///
    /// ```
    /// use sse_gate_redis::RedisOptions;
    ///
    /// let options = RedisOptions::unsealed().with_operations(512);
    /// # let _ = options;
    /// ```
    pub fn with_operations(mut self, max: usize) -> Self {
        self.operations = max.clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
        self
    }

    /// Sets after which time without a sign of life a node counts as gone. 10 s by default. All nodes need
    /// the same setting. A node gives a sign of life every quarter of it.
    ///
    /// When a node is gone, its sessions wait for their clients, and the logs of work that it did are orphaned: they end
    /// as failed, or another node takes them over. A node that was only slow, and is back, goes on with its sessions. But
    /// a log that was taken over meanwhile is closed to it.
    ///
    /// While the server is away, no node can give a sign of life. So when it hears of none for that time, the time begins
    /// anew with the first node that is back. That is so, too, if all nodes were away and the server was not.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate_redis::RedisOptions;
    ///
    /// // Answers go on at another node sooner, at the price of more signs of life.
    /// let options = RedisOptions::unsealed().with_node_ttl(Duration::from_secs(4));
    /// # let _ = options;
    /// ```
    pub fn with_node_ttl(mut self, ttl: Duration) -> Self {
        self.node_ttl = ttl.max(Duration::from_millis(40));
        self
    }

    /// Sets with which name and password to log in to the primary that sentinels name. For one server or a cluster they
    /// are part of the address.
    ///
    /// ```
    /// use sse_gate_redis::RedisOptions;
    ///
    /// let options = RedisOptions::unsealed().with_login("sse-gate", "password");
    /// assert!(!format!("{options:?}").contains("password"));
    /// ```
    #[cfg(feature = "sentinel")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sentinel")))]
    pub fn with_login(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.login = Some(Login {
            user: user.into(),
            password: Zeroizing::new(password.into()),
        });
        self
    }

    /// Sets which certificate authorities to trust with `rediss://`, in PEM, instead of the system's. They count for all
    /// connections: to one server, to sentinels and their primary, to each server of a cluster. An address that is not
    /// `rediss://` is refused then.
    ///
    /// Sentinels and clusters name their servers by IP addresses, unless they are told to announce host names. The
    /// certificates of the servers have to be for what they announce.
    ///
    /// The program installs a crypto provider of rustls before it connects, such as
    /// `rustls::crypto::ring::default_provider().install_default()`.
    ///
    /// ```no_run
    /// use sse_gate_redis::{Redis, RedisOptions};
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let authority = std::fs::read("redis-ca.pem")?;
    /// let options = RedisOptions::unsealed().with_certificates(authority);
    /// let redis = Redis::connect("rediss://redis.internal:6380", options).await?;
    /// # let _ = redis;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn with_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates = Some(pem.into());
        self
    }

    /// Sets the source of randomness, for the name of the node, for keys and for nonces. The system's by default. If it
    /// fails, nothing is sealed, and the operation is refused.
    ///
    /// ```
    /// use sse_gate_core::{Entropy, EntropyError};
    /// use sse_gate_redis::{Redis, RedisOptions, ServerErrorKind};
    ///
    /// #[derive(Debug)]
    /// struct NoEntropy;
    ///
    /// impl Entropy for NoEntropy {
    ///     fn fill(&self, _: &mut [u8; 32]) -> Result<(), EntropyError> {
    ///         Err(EntropyError::new("no device"))
    ///     }
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let options = RedisOptions::unsealed().with_entropy(NoEntropy);
    /// let error = Redis::connect("redis://127.0.0.1", options).await.unwrap_err();
    /// assert_eq!(error.kind(), ServerErrorKind::NoEntropy);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }
}

/// A name and a password. It does not print.
#[cfg(feature = "sentinel")]
pub(crate) struct Login {
    user: String,
    password: Zeroizing<String>,
}

#[cfg(feature = "sentinel")]
impl Login {
    /// Lets a client of sentinels log in to the primary.
    pub(crate) fn give_to(
        &self,
        client: redis::sentinel::SentinelClientBuilder,
    ) -> redis::sentinel::SentinelClientBuilder {
        client
            .set_client_to_redis_username(&self.user)
            .set_client_to_redis_password(self.password.as_str())
    }
}

#[cfg(feature = "sentinel")]
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login(..)")
    }
}

#[cfg(all(test, feature = "sentinel"))]
mod tests {
    use super::*;

    #[test]
    fn a_login_does_not_print() {
        let options = RedisOptions::unsealed().with_login("node", "secret");
        let shown = format!("{options:?}");
        assert!(shown.contains("Login(..)"), "{shown}");
        assert!(!shown.contains("secret"), "{shown}");
    }
}
