//! The settings of a gate: [`GateBuilder`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{
    Clock, Entropy, InvalidTtl, Limits, MemoryStore, Observer, RefuseAllStore, SharedStore,
    StoreRole, SystemClock, SystemEntropy, TokenGate, TokenGateBuilder, TokenStore,
};
use sse_gate_resume::SessionObserver;

use super::revoke::StreamRegistry;
use super::unstripped::Unstripped;
use super::{Gate, Inner};
use crate::store::{GuardedStore, StoreAccess, StorePolicy};

/// The settings of a [`Gate`], each with a default. [`Gate::builder`] makes one.
///
/// | setting | default |
/// |---|---|
/// | [`with_ttl`](Self::with_ttl) | a token lives for 60 s |
/// | [`with_max_stream`](Self::with_max_stream) | a stream lasts for at most 1 h |
/// | [`with_store_policy`](Self::with_store_policy) | 250 ms for an answer; see [`StorePolicy`] |
/// | [`with_observer`](Self::with_observer) | nothing is observed |
/// | [`with_clock`](Self::with_clock) | the clock of the system |
/// | [`with_entropy`](Self::with_entropy) | the randomness of the system |
///
/// ```
/// use std::time::Duration;
/// use sse_gate::{Gate, StorePolicy};
///
/// let gate = Gate::builder()
///     .with_max_stream(Duration::from_secs(8 * 3600))
///     .with_store_policy(StorePolicy::default().with_budget(Duration::from_millis(100)))
///     .in_memory();
/// # let _ = gate;
/// ```
pub struct GateBuilder {
    tokens: TokenGateBuilder<RefuseAllStore>,
    policy: StorePolicy,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    observer: Arc<dyn Observer>,
    session_observer: Arc<dyn SessionObserver>,
}

impl Default for GateBuilder {
    fn default() -> Self {
        Self {
            tokens: TokenGate::builder(RefuseAllStore),
            policy: StorePolicy::default(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            observer: Arc::new(()),
            session_observer: Arc::new(()),
        }
    }
}

impl GateBuilder {
    /// How long a token lives: from 1 ms to 15 min, and 60 s by default. A single
    /// [`GrantRequest`](crate::GrantRequest::with_ttl) can ask for less.
    ///
    /// # Errors
    ///
    /// The time is out of these bounds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate::Gate;
    ///
    /// assert!(Gate::builder().with_ttl(Duration::from_secs(20)).is_ok());
    /// assert!(Gate::builder().with_ttl(Duration::from_secs(3600)).is_err());
    /// ```
    pub fn with_ttl(mut self, ttl: Duration) -> Result<Self, InvalidTtl> {
        self.tokens = self.tokens.with_ttl(ttl)?;
        Ok(self)
    }

    /// How long a stream may last, counted from when its token was issued: 1 h by default. A stream also
    /// ends when the credential expires that its token was issued for, unless the grant has a deadline.
    pub fn with_max_stream(mut self, span: Duration) -> Self {
        self.tokens = self.tokens.with_max_stream(span);
        self
    }

    /// The bounds within which the stores of tokens and sessions are asked. See [`StorePolicy`].
    pub fn with_store_policy(mut self, policy: StorePolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The clock of the gate, its layers, mints, sessions and logs: the system's by default. A store that
    /// you give to [`build`](Self::build) keeps its own clock.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::time::Duration;
    /// use sse_gate::core::{ManualClock, Timestamp};
    /// use sse_gate::{Gate, GrantRequest, Resource, Subject};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let clock = Arc::new(ManualClock::new(Timestamp::from_unix_secs(1_800_000_000)));
    /// let gate = Gate::builder().with_clock(Arc::clone(&clock)).in_memory();
    /// let room = Resource::new(["rooms", "7"])?;
    /// let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, room.clone())).await?;
    ///
    /// clock.advance(Duration::from_secs(61));
    /// assert!(gate.redeem(issued.token().expose(), &room).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The source of all randomness: the system's by default. It must be unpredictable, as every token
    /// and every resume id comes from it.
    pub fn with_entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Sets what is told of tokens, streams and sessions: `MetricsObserver`, `TracingObserver`, or a type
    /// of yours. A pair of observers is an observer too. By default nothing is told.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    /// use sse_gate::sessions::SessionObserver;
    /// use sse_gate::{Gate, Observer, Signal};
    ///
    /// #[derive(Debug, Default)]
    /// struct OpenStreams(AtomicU64);
    ///
    /// impl Observer for OpenStreams {
    ///     fn observe(&self, signal: Signal) {
    ///         match signal {
    ///             Signal::StreamOpened => self.0.fetch_add(1, Relaxed),
    ///             Signal::StreamClosed { .. } => self.0.fetch_sub(1, Relaxed),
    ///             _ => 0,
    ///         };
    ///     }
    /// }
    ///
    /// impl SessionObserver for OpenStreams {}
    ///
    /// let streams = Arc::new(OpenStreams::default());
    /// let gate = Gate::builder().with_observer(Arc::clone(&streams)).in_memory();
    /// # let _ = gate;
    /// ```
    pub fn with_observer(mut self, observer: impl Observer + SessionObserver) -> Self {
        let observer = Arc::new(observer);
        self.observer = Arc::clone(&observer) as _;
        self.session_observer = observer;
        self
    }

    /// The gate over a [`MemoryStore`] with the default [`Limits`].
    pub fn in_memory(self) -> Gate {
        self.in_memory_with(Limits::default())
    }

    /// The gate over a [`MemoryStore`] with these limits on unused tokens. A token above a limit of its
    /// subject is refused with 429, and one above a limit of the store with 503.
    pub fn in_memory_with(self, limits: Limits) -> Gate {
        let store = MemoryStore::with_clock(limits, Arc::clone(&self.clock));
        self.build(store)
    }

    /// The gate over this store. Several nodes may share one: see [`TokenStore`].
    pub fn build(self, store: impl TokenStore) -> Gate {
        let store = SharedStore::new(store);
        let access = |role| StoreAccess::new(role, &self.policy, &self.observer);
        let token_access = access(StoreRole::Tokens);
        let tokens = self
            .tokens
            .with_clock(Arc::clone(&self.clock))
            .with_entropy(Arc::clone(&self.entropy))
            .with_observer(Arc::clone(&self.observer))
            .with_store(GuardedStore::new(store.clone(), token_access.clone()))
            .build();
        Gate(Arc::new(Inner {
            tokens,
            store,
            session_access: access(StoreRole::Sessions),
            log_access: access(StoreRole::Logs),
            stream_access: access(StoreRole::Streams),
            token_access,
            entropy: self.entropy,
            session_observer: self.session_observer,
            registry: StreamRegistry::default(),
            unstripped: Unstripped::default(),
        }))
    }
}

impl fmt::Debug for GateBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateBuilder")
            .field("tokens", &self.tokens)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
