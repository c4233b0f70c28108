//! Issues tokens and redeems them: [`TokenGate`].

mod builder;
mod issue;
mod recent;
mod redeem;
mod refusal;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

pub use builder::{InvalidTtl, TokenGateBuilder};
pub use issue::{IssueError, IssueErrorKind, Issued};
pub use redeem::Redemption;
pub use refusal::{RedeemError, RefusalReason};

use recent::Recent;

use crate::{
    Clock, Entropy, Epoch, Observer, SharedStore, Signal, StoreError, Subject, TokenKey, TokenStore,
};

/// Issues tokens for grants, and gives each grant back once for its token.
///
/// It knows no HTTP and no runtime. Clones are cheap and are the same gate.
///
/// ```
/// use sse_gate_core::{TokenGate, Grant, MemoryStore, Resource, Subject};
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
    /// A gate over `store` with every setting at its default: see [`TokenGateBuilder`].
    pub fn new(store: S) -> Self {
        Self::builder(store).build()
    }

    /// A gate over `store`, to be set up.
    pub fn builder(store: S) -> TokenGateBuilder<S> {
        TokenGateBuilder::new(store)
    }
}

impl<S: TokenStore> TokenGate<S> {
    /// The same gate, the type of its store forgotten.
    pub fn erased(&self) -> TokenGate
    where
        S: Clone,
    {
        TokenGate {
            store: SharedStore::new(self.store.clone()),
            state: Arc::clone(&self.state),
        }
    }

    /// The present epoch, for [`Grant::with_epoch`](crate::Grant::with_epoch): to be read before a
    /// caller is authenticated.
    ///
    /// ```
    /// use sse_gate_core::{TokenGate, Grant, IssueErrorKind, MemoryStore, Resource, Subject};
    ///
    /// # pollster::block_on(async {
    /// let gate = TokenGate::new(MemoryStore::default());
    /// let epoch = gate.epoch().await?;
    /// // The caller is authenticated, and what it asks for is read, which may take a while.
    /// let (alice, chat) = (Subject::new("alice")?, Resource::new(["chat", "42"])?);
    /// // Meanwhile alice signs out somewhere else.
    /// gate.withdraw_all(&alice).await?;
    ///
    /// let grant = GrantRequest::new(alice, chat).with_epoch(epoch);
    /// let refused = gate.issue(grant).await.unwrap_err();
    /// assert_eq!(refused.kind(), IssueErrorKind::Withdrawn);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn epoch(&self) -> Result<Epoch, StoreError> {
        self.store.epoch().await
    }

    /// Withdraws one token that was issued and not yet used; whether there was one.
    ///
    /// [`Issued::key`] tells the key. Like [`issue`](Self::issue) it has no time limit of its own.
    pub async fn withdraw(&self, key: TokenKey) -> Result<bool, StoreError> {
        let found = self.store.take(key).await?.is_some();
        self.observe(Signal::Withdrawn {
            tokens: usize::from(found),
        });
        Ok(found)
    }

    /// Withdraws all tokens of a subject that it has not used yet; how many there were. Tokens that
    /// are being issued on an older [epoch](Self::epoch) are not issued.
    ///
    /// What to call when a session ends: whoever signed out opens no more streams. Like
    /// [`issue`](Self::issue) it has no time limit of its own.
    pub async fn withdraw_all(&self, subject: &Subject) -> Result<usize, StoreError> {
        let tokens = self.store.withdraw(subject.clone()).await?;
        self.observe(Signal::Withdrawn { tokens });
        Ok(tokens)
    }
}

impl<S> TokenGate<S> {
    /// The clock it goes by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.state.clock
    }

    /// Tells its observer. For the layers around a gate.
    pub fn observe(&self, signal: Signal) {
        self.state.observer.observe(signal);
    }

    /// Tells its observer of something that an error caused. For the layers around a gate.
    pub fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        self.state.observer.observe_error(signal, error);
    }

    /// Its observer. For the layers around a gate.
    pub fn observer(&self) -> &Arc<dyn Observer> {
        &self.state.observer
    }

    /// The same gate over a store that is made of its own: one that limits, counts or delays its
    /// operations, say. Tokens of the one are tokens of the other.
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
