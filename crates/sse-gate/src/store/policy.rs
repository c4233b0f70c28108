//! The bounds on asking stores: [`StorePolicy`].

use std::time::Duration;

/// How long stores may take, how many operations may be in progress, and when a store counts as broken.
/// All layers and mints of one gate share it. See the [module](crate::store) for what happens at each
/// bound.
///
/// ```
/// use std::time::Duration;
/// use sse_gate::{Gate, StorePolicy};
///
/// // A store in the same data centre: fail fast, and try again soon.
/// let policy = StorePolicy::default()
///     .with_budget(Duration::from_millis(100))
///     .with_max_under_way(256)
///     .with_breaker(3, Duration::from_millis(200));
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
    /// 250 ms, 512 operations, 5 failures and 500 ms. A store that works again is in use within a second.
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
    /// How long a store may take for an operation: 250 ms by default. Within a request, the store is asked
    /// once or twice.
    pub fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// How many operations may be in progress at one store: 512 by default, and at least 1. Operations
    /// whose clients no longer wait count too. So this bounds the tasks that a hanging store leaves behind.
    pub fn with_max_under_way(mut self, operations: usize) -> Self {
        self.max_under_way = operations.max(1);
        self
    }

    /// After how many failures in a row a store counts as broken: 5 by default, and at least 1. `pause` is
    /// the time between attempts to use it again: 500 ms by default, and at least 1 ms. When the number of
    /// operations is at its bound, attempts are at least 500 ms apart.
    pub fn with_breaker(mut self, failures: u32, pause: Duration) -> Self {
        (self.max_failures, self.pause) = (failures.max(1), pause);
        self
    }
}
