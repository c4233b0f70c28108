//! Issues tokens and redeems them: [`TokenGate`].

mod builder;
mod issue;
mod recent;
mod redeem;
mod redemption;
mod withdraw;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

pub use builder::{InvalidTtl, TokenGateBuilder};
pub use issue::Issued;
pub use redemption::Redemption;

use recent::Recent;

use crate::{Clock, Entropy, Observer, SharedStore, Signal, TokenStore};

/// Issues tokens for grants, and gives each grant back once for its token.
///
/// It knows no HTTP and no async runtime. Clones are cheap and share everything: a token that one of
/// them issued, every other redeems.
///
/// Its operations take as long as the store takes. The `Gate` of `sse-gate` adds a time limit.
///
/// ```
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
///
/// # pollster::block_on(async {
/// let gate = TokenGate::new(MemoryStore::default());
/// let chat = Resource::new(["chat", "42"])?;
///
/// let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, chat.clone())).await?;
/// let text = issued.token().expose();
///
/// let grant = gate.redeem(text, &chat).await?;
/// assert_eq!(grant.subject().as_str(), "alice");
/// assert!(gate.redeem(text, &chat).await.is_err(), "a token opens one stream");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct TokenGate<S = SharedStore> {
    store: S,
    state: Arc<State>,
}

/// What all clones of a gate share, whatever the type of their store.
#[derive(Debug)]
struct State {
    ttl: Duration,
    max_stream: Duration,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    observer: Arc<dyn Observer>,
    recent: Recent,
}

impl<S: TokenStore> TokenGate<Arc<S>> {
    /// A gate over `store` with the default settings: see [`TokenGateBuilder`].
    pub fn new(store: S) -> Self {
        Self::builder(store).build()
    }

    /// Starts to set up a gate over `store`.
    pub fn builder(store: S) -> TokenGateBuilder<S> {
        TokenGateBuilder::new(store)
    }
}

impl<S: TokenStore> TokenGate<S> {
    /// The same gate without the type of its store, for structs that should not be generic.
    pub fn erased(&self) -> TokenGate
    where
        S: Clone,
    {
        TokenGate {
            store: SharedStore::new(self.store.clone()),
            state: Arc::clone(&self.state),
        }
    }
}

impl<S> TokenGate<S> {
    /// The gate's clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.state.clock
    }

    /// Tells the gate's observer of something that happened outside of the gate. Layers use it.
    pub fn observe(&self, signal: Signal) {
        self.state.observer.observe(signal);
    }

    /// Tells the gate's observer of something that an error caused. Layers use it.
    pub fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        self.state.observer.observe_error(signal, error);
    }

    /// The gate's observer.
    pub fn observer(&self) -> &Arc<dyn Observer> {
        &self.state.observer
    }

    /// The same gate over a wrapper around its store, for example one that limits or counts
    /// operations. The two gates redeem each other's tokens.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use sse_gate_core::{MemoryStore, SharedStore, TokenGate};
    ///
    /// let gate = TokenGate::new(MemoryStore::default());
    /// let wrapped: TokenGate<SharedStore> = gate.map_store(SharedStore::new);
    /// # let _ = wrapped;
    /// ```
    pub fn map_store<T: TokenStore>(&self, wrap: impl FnOnce(S) -> T) -> TokenGate<T>
    where
        S: Clone,
    {
        TokenGate {
            store: wrap(self.store.clone()),
            state: Arc::clone(&self.state),
        }
    }
}

impl<S: Clone> Clone for TokenGate<S> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            state: Arc::clone(&self.state),
        }
    }
}
