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
    pub fn sealed(keys: SealingKeys) -> Self {
        Self::new(Some(keys))
    }

    /// Seals nothing. Subjects, payloads and events stand on the server in clear, and someone who can write
    /// to it can make tokens.
    ///
    /// Tokens themselves are never on the server, sealed or not: only digests of them.
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
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets how long the server may take to answer, and to accept a connection. 200 ms by default. A gate
    /// waits 250 ms for its stores, unless it is told otherwise.
    ///
    /// An answer that is late counts as lost: the connection is given up, and the next operation begins
    /// another one.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how many operations may be under way, 4,096 by default. One more is refused with
    /// [`ServerErrorKind::Busy`](crate::ServerErrorKind::Busy).
    pub fn with_operations(mut self, max: usize) -> Self {
        self.operations = max.clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
        self
    }

    /// Sets after which time without a sign of life a node counts as gone. 10 s by default. All nodes need
    /// the same setting. A node gives a sign of life every quarter of it.
    pub fn with_node_ttl(mut self, ttl: Duration) -> Self {
        self.node_ttl = ttl.max(Duration::from_millis(40));
        self
    }

    /// Sets with which name and password to log in to the primary that sentinels name.
    #[cfg(feature = "sentinel")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sentinel")))]
    pub fn with_login(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.login = Some(Login {
            user: user.into(),
            password: Zeroizing::new(password.into()),
        });
        self
    }

    /// Sets which certificate authorities to trust with `rediss://`, in PEM, instead of the system's.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn with_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates = Some(pem.into());
        self
    }

    /// Sets the source of randomness. The system's by default.
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
    pub(crate) fn to_redis(&self) -> redis::RedisConnectionInfo {
        redis::RedisConnectionInfo::default()
            .set_username(&self.user)
            .set_password(self.password.as_str())
    }
}

#[cfg(feature = "sentinel")]
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login(..)")
    }
}
