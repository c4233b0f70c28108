//! What all parts of a service share: [`Gate`].
//!
//! A service makes one gate, and gives it to each layer and each mint. The gate has
//!
//! - the store of the tokens, and the bounds within which it is asked: a
//!   [`StorePolicy`](crate::StorePolicy);
//! - the one clock, the one source of randomness and the one observer of all parts;
//! - the list of everything that was opened through its layers, for [`Gate::revoke`].
//!
//! # One node and several
//!
//! [`Gate::in_memory`] keeps the tokens in this process. Use it for one node, or behind a load balancer
//! that sends each client to one node. For several nodes, give [`Gate::new`] a [`TokenStore`] that they
//! share. [`Gate::revoke`] then withdraws the tokens of all nodes. It also ends the resumable streams of all
//! nodes, if their [sessions](crate::Sessions) share a store and a [bus](crate::Sessions::with_bus). Other
//! streams end on its own node only: call it on each node.
//! [`StreamSlots::with_limiter`](crate::StreamSlots::with_limiter) caps the open streams of all nodes together.
//!
//! # Without a layer or a mint
//!
//! Most services only make the gate. A handler that issues tokens by itself uses [`Gate::issue`], and
//! a program that gets tokens from elsewhere uses [`Gate::redeem`]:
//!
//! ```
//! use sse_gate::{Gate, GrantRequest, Resource, Subject};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let gate = Gate::in_memory();
//! let room = Resource::new(["rooms", "7"])?;
//! let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, room.clone())).await?;
//!
//! let token = issued.token().expose();
//! assert_eq!(gate.redeem(token, &room).await?.subject().as_str(), "alice");
//! assert!(gate.redeem(token, &room).await.is_err(), "a token is good for one use");
//! # Ok(())
//! # }
//! ```

mod builder;
mod guarded_sessions;
mod issued;
mod revoke;
mod unstripped;

use std::fmt;
use std::sync::Arc;

use sse_gate_core::{
    Clock, Entropy, EntropyError, Epoch, Grant, GrantRequest, IssueError, MemoryStore, RedeemError,
    Redemption, Resource, SharedStore, Signal, StoreError, TakeFuture, TokenGate, TokenKey,
    TokenStore,
};
use sse_gate_resume::{Logs, SessionObserver, Sessions};

pub use builder::GateBuilder;
pub use guarded_sessions::GuardedSessions;
pub use issued::IssuedToken;
use revoke::StreamRegistry;
pub use revoke::{RevokeError, Revoked};
use unstripped::Unstripped;

use crate::resume::in_background;
use crate::store::{GuardedStore, Operation, StoreAccess};

/// Issues tokens, and knows what was opened with them. Clones are cheap and are the same gate.
///
/// A service makes one and gives it to every layer and mint. By default
///
/// - a token lives for 60 s, and opens one stream;
/// - a stream lasts for at most one hour;
/// - an answer of the store that takes more than 250 ms is an error.
///
/// [`builder`](Self::builder) changes these.
///
/// ```
/// use sse_gate::{Gate, GrantRequest, Resource, Subject};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let gate = Gate::in_memory();
/// let alice = Subject::new("alice")?;
/// let room = Resource::new(["rooms", "7"])?;
/// let issued = gate.issue(GrantRequest::new(alice.clone(), room)).await?;
/// assert!(issued.token().expose().starts_with("sset1_"));
///
/// // Alice signs out. Her unused tokens and all of her streams end.
/// assert_eq!(gate.revoke(&alice).await?.tokens(), 1);
/// # Ok(())
/// # }
/// ```
///
/// Its async methods must run within a Tokio runtime. Dropping one of their futures is safe: an
/// operation that has begun at the store runs to its end.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    tokens: TokenGate<Arc<GuardedStore>>,
    /// The store of the tokens, without bounds.
    store: SharedStore,
    /// The bounds for the store of the tokens.
    token_access: StoreAccess,
    /// The bounds for the stores of sessions.
    session_access: StoreAccess,
    /// The bounds for the stores of events.
    log_access: StoreAccess,
    /// The bounds for the limiters of open streams.
    stream_access: StoreAccess,
    entropy: Arc<dyn Entropy>,
    session_observer: Arc<dyn SessionObserver>,
    registry: StreamRegistry,
    unstripped: Unstripped,
}

impl Gate {
    /// A gate over a [`MemoryStore`], with every setting at its default.
    pub fn in_memory() -> Self {
        Self::builder().in_memory()
    }

    /// A gate over this store, with every other setting at its default.
    ///
    /// ```
    /// use sse_gate::{Gate, Limits, MemoryStore};
    ///
    /// let gate = Gate::new(MemoryStore::new(Limits::default()));
    /// # let _ = gate;
    /// ```
    pub fn new(store: impl TokenStore) -> Self {
        Self::builder().build(store)
    }

    /// Settings for a gate, each at its default. See [`GateBuilder`].
    pub fn builder() -> GateBuilder {
        GateBuilder::default()
    }

    /// Issues a token for what is asked. A [`MintService`](crate::MintService) does this by itself. Call
    /// it in a handler that authenticates and authorizes its callers on its own.
    ///
    /// # Errors
    ///
    /// The credential has expired, the subject was revoked meanwhile, a limit is reached, or the store
    /// or the random number generator failed. [`Problem`](crate::Problem) turns the error into a
    /// response with the right status.
    ///
    /// ```
    /// use sse_gate::{Gate, GrantRequest, IssuedToken, Problem, Resource, Subject};
    ///
    /// // With the feature `axum`, `IssuedToken` and `Problem` are responses.
    /// async fn issue(gate: Gate, user: &str) -> Result<IssuedToken, Problem> {
    ///     let request = GrantRequest::new(Subject::new(user)?, Resource::new(["news"])?);
    ///     Ok(gate.issue(request).await?)
    /// }
    /// ```
    pub async fn issue(&self, request: GrantRequest) -> Result<IssuedToken, IssueError> {
        let issued = self.0.tokens.issue(request).await?;
        Ok(IssuedToken::new(issued, serde_json::Map::new()))
    }

    /// Redeems `token` for `resource`, and returns its grant. The token is spent then.
    ///
    /// A [`GateLayer`](crate::GateLayer) does this by itself. Call it in a program that gets a token from
    /// elsewhere, like a message of a WebSocket.
    ///
    /// # Errors
    ///
    /// The token is not spelled as one, unknown, expired, used, or for another resource. Or the store
    /// can't be asked: then the token is spent or untouched.
    pub async fn redeem(&self, token: &str, resource: &Resource) -> Result<Grant, RedeemError> {
        self.0.tokens.redeem(token, resource).await
    }

    /// The present epoch of revocations. Read it before you authenticate a caller, and pass it to
    /// [`GrantRequest::with_epoch`]. If the subject is [revoked](Self::revoke) after that, no token is
    /// issued. A mint does this by itself.
    ///
    /// ```
    /// use sse_gate::{Gate, GrantRequest, Resource, Subject};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let gate = Gate::in_memory();
    /// let epoch = gate.epoch().await?;
    /// let alice = Subject::new("alice")?; // Here the caller is authenticated.
    /// gate.revoke(&alice).await?; // Meanwhile, Alice signs out.
    ///
    /// let request = GrantRequest::new(alice, Resource::new(["news"])?).with_epoch(epoch);
    /// assert!(gate.issue(request).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn epoch(&self) -> Result<Epoch, StoreError> {
        self.0.tokens.epoch().await
    }

    /// Withdraws one token that was issued and not yet used. Returns whether there was one.
    /// [`IssuedToken::key`] returns the key.
    ///
    /// ```
    /// use sse_gate::{Gate, GrantRequest, Resource, Subject};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let gate = Gate::in_memory();
    /// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["news"])?);
    /// let key = gate.issue(request).await?.key();
    /// assert!(gate.withdraw(key).await?);
    /// assert!(!gate.withdraw(key).await?);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn withdraw(&self, key: TokenKey) -> Result<bool, StoreError> {
        self.0.tokens.withdraw(key).await
    }

    /// New sessions in memory, for [resumable](crate::GateLayer::resumable) routes. They have the clock,
    /// the randomness and the observer of the gate, and a fresh key for resume ids. After a restart of
    /// the process, clients need a new token.
    ///
    /// # Errors
    ///
    /// The random number generator failed.
    ///
    /// ```
    /// use sse_gate::{Gate, GateLayer, SseRoute};
    ///
    /// let gate = Gate::in_memory();
    /// let sessions = gate.new_sessions()?;
    /// let layer = GateLayer::new(&gate, &SseRoute::new("/answers/{id}")?).resumable(&sessions);
    /// # let _ = layer;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new_sessions(&self) -> Result<Sessions, EntropyError> {
        let store = sse_gate_resume::MemorySessions::default().with_clock(self.clock());
        let keys = sse_gate_resume::ResumeKeys::generate(&*self.0.entropy)?;
        let sessions = Sessions::new(store, keys)
            .with_clock(self.clock())
            .with_entropy(Arc::clone(&self.0.entropy))
            .with_observer(Arc::clone(&self.0.session_observer));
        Ok(sessions)
    }

    /// A maker of event logs in memory, with the clock and the randomness of the gate.
    /// [`ResumableStream::produce`](crate::ResumableStream::produce) makes one log for each session, and
    /// [`Topics`](crate::sessions::Topics) one for each name.
    pub fn new_logs(&self) -> Logs {
        Logs::default()
            .with_clock(self.clock())
            .with_entropy(Arc::clone(&self.0.entropy))
            .with_spawn(in_background)
    }

    /// The clock of the gate.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.0.tokens.clock())
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.0.entropy
    }

    pub(crate) fn observe(&self, signal: Signal) {
        self.0.tokens.observe(signal);
    }

    pub(crate) fn observe_error(&self, signal: Signal, error: &(dyn std::error::Error + 'static)) {
        self.0.tokens.observe_error(signal, error);
    }

    /// The same tokens, whose store is asked within these bounds.
    pub(crate) fn tokens_by(&self, access: StoreAccess) -> TokenGate<GuardedStore> {
        let store = self.0.store.clone();
        self.0
            .tokens
            .map_store(|_| GuardedStore::new(store, access))
    }

    /// Checks the spelling of a token. No store is asked.
    pub(crate) fn begin(
        &self,
        token: &str,
        resource: &Resource,
    ) -> Result<Redemption, RedeemError> {
        self.0.tokens.begin(token, resource)
    }

    /// Takes the entry of a token out of the store, within these bounds.
    pub(crate) fn take(&self, key: TokenKey, access: &StoreAccess) -> Operation<TakeFuture> {
        access.ask(self.0.store.take_owned(key))
    }

    /// See [`TokenGate::check_epoch`].
    pub(crate) async fn check_epoch(&self, request: &GrantRequest) -> Result<(), IssueError> {
        self.0.tokens.check_epoch(request).await
    }

    /// The grant for a caller that opens a stream with its own credential. No token is issued.
    pub(crate) async fn grant(&self, request: GrantRequest) -> Result<Grant, IssueError> {
        self.0.tokens.grant(request).await
    }

    pub(crate) fn token_access(&self) -> &StoreAccess {
        &self.0.token_access
    }

    pub(crate) fn session_access(&self) -> &StoreAccess {
        &self.0.session_access
    }

    pub(crate) fn log_access(&self) -> &StoreAccess {
        &self.0.log_access
    }

    pub(crate) fn stream_access(&self) -> &StoreAccess {
        &self.0.stream_access
    }

    pub(crate) fn registry(&self) -> &StreamRegistry {
        &self.0.registry
    }
}

impl Default for Gate {
    /// The same as [`in_memory`](Self::in_memory).
    fn default() -> Self {
        Self::in_memory()
    }
}

impl From<MemoryStore> for Gate {
    fn from(store: MemoryStore) -> Self {
        Self::new(store)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("tokens", &self.0.tokens)
            .finish_non_exhaustive()
    }
}
