//! The bounds on asking stores: [`StorePolicy`].

use std::time::Duration;

/// How long stores may take, how many operations may be under way, and when a store counts as
/// broken. The layers and mints of one gate share it.
///
/// ```
/// use std::time::Duration;
/// use sse_gate::{Gate, StorePolicy};
///
/// let policy = StorePolicy::default().with_budget(Duration::from_millis(100));
/// let gate = Gate::builder().with_store_policy(policy).in_memory();
/// # let _ = gate;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct StorePolicy {
    pub(super) budget: Duration,
    pub(super) max_under_way: usize,
    pub(super) max_failures: u32,
    pub(super) pause: Duration,
}

impl Default for StorePolicy {
    /// 250 ms, 512 operations, 5 failures and 500 ms: a store that returns is in use again within
    /// a second.
    fn default() -> Self {
        Self {
            budget: Duration::from_millis(250),
            max_under_way: 512,
            max_failures: 5,
            pause: Duration::from_millis(500),
        }
    }
}

impl StorePolicy {
    /// How long a store may take for an operation: 250 ms by default.
    pub fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// How many operations may be under way at one store, those included whose clients wait no
    /// more: 512 by default, and at least 1. It bounds the tasks that a store can leave behind
    /// when it hangs.
    pub fn with_max_under_way(mut self, operations: usize) -> Self {
        self.max_under_way = operations.max(1);
        self
    }

    /// After how many failures in a row a store counts as broken (5 by default, and at least 1),
    /// and how long to wait before each attempt to use it again (500 ms by default, and at least
    /// 1 ms). Attempts that add to a full number of operations are at least 500 ms apart.
    pub fn with_breaker(mut self, failures: u32, pause: Duration) -> Self {
        (self.max_failures, self.pause) = (failures.max(1), pause);
        self
    }
}
