//! Issues tokens and redeems them: [`Gate`].

mod builder;
mod issue;
mod recent;
mod redeem;
mod refusal;

use std::sync::Arc;
use std::time::Duration;

pub use builder::{GateBuilder, InvalidTtl};
pub use issue::{IssueError, IssueErrorKind, Issued};
pub use redeem::Presented;
pub use refusal::{Refusal, RefusalReason};

use recent::Recent;

use crate::{
    Clock, Entropy, Observer, SharedStore, Signal, StoreError, Subject, TokenKey, TokenStore,
};

/// Issues tokens for grants, and gives each grant back once for its token.
///
/// It knows no HTTP and no runtime. Clones are cheap and are the same gate.
///
/// ```
/// use sse_gate_core::{Gate, Grant, MemoryStore, Resource, Subject};
///
/// # pollster::block_on(async {
/// let gate = Gate::new(MemoryStore::default());
/// let chat = Resource::new(["chat", "42"])?;
///
/// let issued = gate.issue(Grant::new(Subject::new("alice")?, chat.clone())).await?;
/// let text = issued.token().expose();
///
/// let grant = gate.redeem(text, &chat).await?;
/// assert_eq!(grant.subject().as_str(), "alice");
/// assert!(gate.redeem(text, &chat).await.is_err(), "a token opens one stream");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Gate<S = SharedStore> {
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

impl<S: TokenStore> Gate<Arc<S>> {
    /// A gate over `store` with every setting at its default: see [`GateBuilder`].
    pub fn new(store: S) -> Self {
        Self::builder(store).build()
    }

    /// A gate over `store`, to be set up.
    pub fn builder(store: S) -> GateBuilder<S> {
        GateBuilder::new(store)
    }
}

impl<S: TokenStore> Gate<S> {
    /// The same gate, the type of its store forgotten.
    pub fn erased(&self) -> Gate
    where
        S: Clone,
    {
        Gate {
            store: SharedStore::new(self.store.clone()),
            state: Arc::clone(&self.state),
        }
    }

    /// Withdraws one token that was issued and not yet used; whether there was one.
    ///
    /// [`Issued::key`] tells the key.
    pub async fn withdraw(&self, key: TokenKey) -> Result<bool, StoreError> {
        let found = self.store.take(key).await?.is_some();
        self.observe(Signal::Withdrawn {
            tokens: usize::from(found),
        });
        Ok(found)
    }

    /// Withdraws all tokens of a subject that it has not used yet; how many there were.
    ///
    /// What to call when a session ends: whoever signed out opens no more streams.
    pub async fn withdraw_all(&self, subject: &Subject) -> Result<usize, StoreError> {
        let tokens = self.store.withdraw(subject.clone()).await?;
        self.observe(Signal::Withdrawn { tokens });
        Ok(tokens)
    }
}

impl<S> Gate<S> {
    /// The clock it goes by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.state.clock
    }

    /// Tells its observer. For the layers around a gate.
    pub fn observe(&self, signal: Signal) {
        self.state.observer.observe(signal);
    }
}

impl<S: Clone> Clone for Gate<S> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            state: Arc::clone(&self.state),
        }
    }
}
