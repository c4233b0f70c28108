//! What all parts of a service share: [`Gate`].

mod builder;
mod revoke;
mod unstripped;

use std::fmt;
use std::sync::Arc;

use sse_gate_core::{
    Clock, Entropy, EntropyError, Epoch, Grant, GrantRequest, IssueError, MemoryStore, RedeemError,
    Redemption, Resource, SharedStore, Signal, StoreError, TakeFuture, TokenGate, TokenKey,
    TokenStore,
};
use sse_gate_resume::{MemoryLogs, SessionObserver, Sessions};

pub use builder::GateBuilder;
use revoke::Opened;
pub use revoke::{RevokeError, Revoked};
use unstripped::Unstripped;

use crate::mint::IssuedToken;
use crate::store::{GuardedStore, Operation, StoreAccess};

/// Issues tokens, and knows what was opened with them. Clones are cheap and are the same gate.
///
/// A service makes one and gives it to every layer and endpoint. The gate has the one clock, the one
/// source of randomness and the one observer of all its parts. Its store is asked within the bounds
/// of a [`StorePolicy`](crate::StorePolicy): no answer in 250 ms is an error.
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
/// To be used within a Tokio runtime.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    tokens: TokenGate<Arc<GuardedStore>>,
    store: SharedStore,
    /// The way to the store of the tokens.
    token_access: StoreAccess,
    /// The way to the stores of sessions.
    session_access: StoreAccess,
    entropy: Arc<dyn Entropy>,
    session_observer: Arc<dyn SessionObserver>,
    opened: Opened,
    unstripped: Unstripped,
}

impl Gate {
    /// A gate over a [`MemoryStore`], with every setting at its default.
    pub fn in_memory() -> Self {
        Self::builder().in_memory()
    }

    /// A gate over this store, with every other setting at its default.
    pub fn new(store: impl TokenStore) -> Self {
        Self::builder().build(store)
    }

    /// A gate to be set up.
    pub fn builder() -> GateBuilder {
        GateBuilder::default()
    }

    /// Issues a token for what is asked. Mints do this by themselves; it is for handlers that issue
    /// tokens on their own. [`Problem`](crate::Problem) turns the error into a response.
    pub async fn issue(&self, request: GrantRequest) -> Result<IssuedToken, IssueError> {
        let issued = self.0.tokens.issue(request).await?;
        Ok(IssuedToken::new(issued, serde_json::Map::new()))
    }

    /// Gives the grant of `token` for `resource`, if it is a fresh one. It is spent then.
    ///
    /// A [`GateLayer`](crate::GateLayer) does this by itself. This is for programs that take a token
    /// from somewhere else than a request.
    pub async fn redeem(&self, token: &str, resource: &Resource) -> Result<Grant, RedeemError> {
        self.0.tokens.redeem(token, resource).await
    }

    /// The present epoch, to be read before a caller is authenticated: see
    /// [`GrantRequest::with_epoch`].
    pub async fn epoch(&self) -> Result<Epoch, StoreError> {
        self.0.tokens.epoch().await
    }

    /// Withdraws one token that was issued and not yet used; whether there was one.
    /// [`IssuedToken::key`] tells the key.
    pub async fn withdraw(&self, key: TokenKey) -> Result<bool, StoreError> {
        self.0.tokens.withdraw(key).await
    }

    /// New sessions in memory, for [resumable](crate::GateLayer::resumable) routes, with the gate's
    /// clock, randomness and observer.
    ///
    /// It fails only if the system's random number generator does.
    pub fn new_sessions(&self) -> Result<Sessions, EntropyError> {
        let store = sse_gate_resume::MemorySessions::default().with_clock(self.clock());
        let keys = sse_gate_resume::ResumeKeys::generate(&*self.0.entropy)?;
        let sessions = Sessions::new(store, keys)
            .with_clock(self.clock())
            .with_entropy(Arc::clone(&self.0.entropy))
            .with_observer(Arc::clone(&self.0.session_observer));
        Ok(sessions)
    }

    /// A maker of event logs in memory, with the gate's clock and randomness.
    pub fn new_logs(&self) -> MemoryLogs {
        MemoryLogs::default()
            .with_clock(self.clock())
            .with_entropy(Arc::clone(&self.0.entropy))
    }

    /// The clock that it goes by.
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

    /// The tokens, in a store that is asked in this way.
    pub(crate) fn tokens_by(&self, access: StoreAccess) -> TokenGate<GuardedStore> {
        let store = self.0.store.clone();
        self.0
            .tokens
            .map_store(|_| GuardedStore::new(store, access))
    }

    /// Checks how a token is spelled. No store is asked.
    pub(crate) fn begin(
        &self,
        token: &str,
        resource: &Resource,
    ) -> Result<Redemption, RedeemError> {
        self.0.tokens.begin(token, resource)
    }

    /// Takes the entry of a token out of the store, which is asked in this way.
    pub(crate) fn take(&self, key: TokenKey, access: &StoreAccess) -> Operation<TakeFuture> {
        access.ask(self.0.store.take_owned(key))
    }

    /// Settles what a caller asks for that has shown its credential at the stream itself.
    pub(crate) async fn grant(&self, request: GrantRequest) -> Result<Grant, IssueError> {
        self.0.tokens.grant(request).await
    }

    pub(crate) fn token_access(&self) -> &StoreAccess {
        &self.0.token_access
    }

    pub(crate) fn session_access(&self) -> &StoreAccess {
        &self.0.session_access
    }

    pub(crate) fn opened(&self) -> &Opened {
        &self.0.opened
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
