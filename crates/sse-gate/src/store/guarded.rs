//! The store that is asked within bounds: [`GuardedStore`].

use std::time::Duration;

use sse_gate_core::{
    Entry, Epoch, Gate, SharedStore, StoreError, StoreRole, Subject, TokenKey, TokenStore,
};

use super::{StoreAccess, store_access};

/// A gate's store, asked within the bounds of its [`StorePolicy`](crate::StorePolicy): an operation
/// that gets no answer in time ends with an error, and one that is begun runs to its end in a task.
///
/// Layers and mints do this by themselves. It is for programs that call a gate's methods, which
/// have no time limit of their own:
///
/// ```
/// use sse_gate::{Gate, GuardedStore, MemoryStore, Subject};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let gate = Gate::new(MemoryStore::default());
/// let signing_out = GuardedStore::of(&gate);
/// // An error after 250 ms, if the store hangs.
/// signing_out.withdraw_all(&Subject::new("alice")?).await?;
/// # Ok(())
/// # }
/// ```
///
/// To be used within a Tokio runtime.
#[derive(Clone, Debug)]
pub struct GuardedStore {
    store: SharedStore,
    access: StoreAccess,
}

impl GuardedStore {
    /// The same gate, its store asked within bounds. It shares them with the layers and mints of
    /// `gate`, and gives the same tokens.
    pub fn of<S: TokenStore + Clone>(gate: &Gate<S>) -> Gate<Self> {
        let access = store_access(gate, StoreRole::Tokens);
        Self::with(&gate.erased(), access)
    }

    pub(crate) fn with(gate: &Gate<SharedStore>, access: StoreAccess) -> Gate<Self> {
        gate.map_store(|store| Self { store, access })
    }
}

impl TokenStore for GuardedStore {
    fn insert(
        &self,
        key: TokenKey,
        entry: Entry,
        ttl: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let store = self.store.clone();
        let question = async move { store.insert(key, entry, ttl).await };
        self.access.ask(Box::pin(question))
    }

    fn take(
        &self,
        key: TokenKey,
    ) -> impl Future<Output = Result<Option<Entry>, StoreError>> + Send {
        self.access.ask(self.store.take_owned(key))
    }

    fn withdraw(&self, subject: Subject) -> impl Future<Output = Result<usize, StoreError>> + Send {
        let store = self.store.clone();
        let question = async move { store.withdraw(subject).await };
        self.access.ask(Box::pin(question))
    }

    fn epoch(&self) -> impl Future<Output = Result<Epoch, StoreError>> + Send {
        let store = self.store.clone();
        self.access
            .read(Box::pin(async move { store.epoch().await }))
    }
}
