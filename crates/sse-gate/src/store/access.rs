//! How a layer asks the stores: [`StoreAccess`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Gate, StoreRole};

use super::answer::StoreAnswer;
use super::guard::StoreGuard;
use super::{Operation, StorePolicy};

/// The way to one store. Clones share its guard.
#[derive(Clone, Debug)]
pub(crate) struct StoreAccess {
    pub(super) guard: Arc<StoreGuard>,
    pub(super) budget: Duration,
}

impl StoreAccess {
    /// Asks the store, when the operation is polled.
    pub(crate) fn ask<F>(&self, question: F) -> Operation<F>
    where
        F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
    {
        Operation::new(question, self.clone())
    }

    /// The same for an operation that changes nothing there.
    pub(crate) fn read<F>(&self, question: F) -> Operation<F>
    where
        F: Future<Output: StoreAnswer> + Send + Unpin + 'static,
    {
        self.ask(question).only_reading()
    }

    /// To be kept by a request that has read the store in time, until it ends.
    pub(crate) fn has_read(&self) -> HasRead {
        HasRead(Some(Arc::clone(&self.guard)))
    }

    pub(crate) fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }
}

/// A request that has read a store, and may write to it. Dropped, it lets another one read that
/// has to wait for a pause otherwise: a request that is refused in between must not keep the store
/// from being tried.
pub(crate) struct HasRead(Option<Arc<StoreGuard>>);

impl HasRead {
    /// The write may come when this is long gone: the others wait for the pause.
    pub(crate) fn goes_on(mut self) {
        self.0 = None;
    }
}

impl Drop for HasRead {
    fn drop(&mut self) {
        if let Some(guard) = &self.0 {
            guard.read_is_over();
        }
    }
}

/// The guards of a gate's two stores.
struct Guards {
    tokens: Arc<StoreGuard>,
    sessions: Arc<StoreGuard>,
}

/// The way to a store of this gate's: the same one for all of its clones.
pub(crate) fn store_access<S>(gate: &Gate<S>, role: StoreRole) -> StoreAccess {
    let policy = gate.extension(StorePolicy::default);
    let guards = gate.extension(|| {
        let guard = |role| StoreGuard::new(role, &policy, Arc::clone(gate.observer()));
        Guards {
            tokens: Arc::new(guard(StoreRole::Tokens)),
            sessions: Arc::new(guard(StoreRole::Sessions)),
        }
    });
    let guard = match role {
        StoreRole::Sessions => &guards.sessions,
        _ => &guards.tokens,
    };
    StoreAccess {
        guard: Arc::clone(guard),
        budget: policy.budget,
    }
}
