//! Sets up a gate: [`TokenGateBuilder`].

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::recent::Recent;
use super::{State, TokenGate};
use crate::{Clock, Entropy, Observer, SharedStore, SystemClock, SystemEntropy, TokenStore};

const DEFAULT_TTL: Duration = Duration::from_secs(60);
const MIN_TTL: Duration = Duration::from_millis(1);
const MAX_TTL: Duration = Duration::from_secs(15 * 60);
const DEFAULT_MAX_STREAM: Duration = Duration::from_secs(60 * 60);

/// The settings of a [`TokenGate`].
///
/// ```
/// use std::time::Duration;
/// use sse_gate_core::{ManualClock, MemoryStore, TokenGate};
///
/// let gate = TokenGate::builder(MemoryStore::default())
///     .with_ttl(Duration::from_secs(30))?
///     .with_max_stream(Duration::from_secs(10 * 60))
///     .with_clock(ManualClock::default())
///     .build();
/// # let _ = gate;
/// # Ok::<(), sse_gate_core::InvalidTtl>(())
/// ```
#[derive(Debug)]
pub struct TokenGateBuilder<S> {
    store: S,
    ttl: Duration,
    max_stream: Duration,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    observer: Arc<dyn Observer>,
}

impl<S: TokenStore> TokenGateBuilder<S> {
    pub(super) fn new(store: S) -> Self {
        Self {
            store,
            ttl: DEFAULT_TTL,
            max_stream: DEFAULT_MAX_STREAM,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            observer: Arc::new(()),
        }
    }

    /// How long a token lives: from 1 ms to 15 minutes. 60 s by default.
    ///
    /// # Errors
    ///
    /// The TTL is outside of these bounds.
    pub fn with_ttl(mut self, ttl: Duration) -> Result<Self, InvalidTtl> {
        if !(MIN_TTL..=MAX_TTL).contains(&ttl) {
            return Err(InvalidTtl);
        }
        self.ttl = ttl;
        Ok(self)
    }

    /// How long a stream may last, counted from the moment when its token is issued. One hour by
    /// default.
    pub fn with_max_stream(mut self, span: Duration) -> Self {
        self.max_stream = span;
        self
    }

    /// The clock of the gate. [`SystemClock`] by default. A store has its own clock: set both.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Where the randomness of tokens comes from. [`SystemEntropy`] by default.
    pub fn with_entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Is told what happens. By default nothing is told.
    pub fn with_observer(mut self, observer: impl Observer) -> Self {
        self.observer = Arc::new(observer);
        self
    }

    /// The same settings over another store.
    pub fn with_store<T: TokenStore>(self, store: T) -> TokenGateBuilder<T> {
        TokenGateBuilder {
            store,
            ttl: self.ttl,
            max_stream: self.max_stream,
            clock: self.clock,
            entropy: self.entropy,
            observer: self.observer,
        }
    }

    /// The gate. It keeps the type of its store, so every operation is dispatched statically.
    pub fn build(self) -> TokenGate<Arc<S>> {
        let recent = Recent::new(self.clock.steady());
        let Self {
            store,
            ttl,
            max_stream,
            clock,
            entropy,
            observer,
        } = self;
        let state = State {
            ttl,
            max_stream,
            clock,
            entropy,
            observer,
            recent,
        };
        TokenGate {
            store: Arc::new(store),
            state: Arc::new(state),
        }
    }

    /// The gate without the type of its store, for programs that choose the store at run time.
    pub fn build_erased(self) -> TokenGate<SharedStore> {
        self.build().erased()
    }
}

/// A token can't live that long or that short: the bounds are 1 ms and 15 minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTtl;

impl fmt::Display for InvalidTtl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("token lifetime is not between 1 ms and 15 minutes")
    }
}

impl Error for InvalidTtl {}
