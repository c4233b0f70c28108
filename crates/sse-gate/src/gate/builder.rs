//! Sets up a gate: [`GateBuilder`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{
    Clock, Entropy, InvalidTtl, Limits, MemoryStore, Observer, RefuseAllStore, SharedStore,
    StoreRole, SystemClock, SystemEntropy, TokenGate, TokenGateBuilder, TokenStore,
};
use sse_gate_resume::SessionObserver;

use super::revoke::Opened;
use super::unstripped::Unstripped;
use super::{Gate, Inner};
use crate::store::{GuardedStore, StoreAccess, StorePolicy};

/// The settings of a [`Gate`], each with a default.
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
    /// How long a token lives: from 1 ms to 15 minutes, and 60 s by default.
    pub fn with_ttl(mut self, ttl: Duration) -> Result<Self, InvalidTtl> {
        self.tokens = self.tokens.with_ttl(ttl)?;
        Ok(self)
    }

    /// How long a stream may last, counted from when its token was issued. One hour by default.
    pub fn with_max_stream(mut self, span: Duration) -> Self {
        self.tokens = self.tokens.with_max_stream(span);
        self
    }

    /// The bounds within which the stores are asked. See [`StorePolicy`].
    pub fn with_store_policy(mut self, policy: StorePolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The clock of all parts, the system's by default. A store of the program's own has a clock of
    /// its own.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The source of all randomness, the system's by default.
    pub fn with_entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Gets told what happens to tokens, streams and sessions. By default nothing is told.
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

    /// The gate over a [`MemoryStore`] with these limits.
    pub fn in_memory_with(self, limits: Limits) -> Gate {
        let store = MemoryStore::with_clock(limits, Arc::clone(&self.clock));
        self.build(store)
    }

    /// The gate over this store.
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
            token_access,
            entropy: self.entropy,
            session_observer: self.session_observer,
            opened: Opened::default(),
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
