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

    pub(crate) fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
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
