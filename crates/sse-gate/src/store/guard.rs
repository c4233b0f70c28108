//! Decides whether a store is asked: [`StoreGuard`], and the permission to ask: [`Pass`].

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sse_gate_core::{Observer, Signal, StoreRole};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::StorePolicy;
use super::answer::Unanswered;
use super::breaker::{Breaker, Change};

/// How many trials may be in progress above the bound, reads and writes together. A trial without an answer
/// ends within 30 s, and at most two are made each half second. So there is always room for one.
const ROOM_FOR_TRIALS: usize = 128;

/// Bounds the operations at one store, for all layers and mints together.
pub(super) struct StoreGuard {
    role: StoreRole,
    max_under_way: usize,
    under_way: AtomicUsize,
    breaker: Breaker,
    observer: Arc<dyn Observer>,
    /// Tells late operations that the store answers again.
    recovered: Notify,
}

impl StoreGuard {
    pub(super) fn new(role: StoreRole, policy: &StorePolicy, observer: Arc<dyn Observer>) -> Self {
        Self {
            role,
            max_under_way: policy.max_under_way,
            under_way: AtomicUsize::new(0),
            breaker: Breaker::new(policy.max_failures, policy.pause),
            observer,
            recovered: Notify::new(),
        }
    }

    /// The permission to ask the store now.
    ///
    /// While the store is broken or has too many operations in progress, one operation each pause is
    /// permitted as a trial. An operation that only reads can't show that the store can write. So its
    /// success does not close the breaker. It is permitted when a trial is due, once each pause, so that
    /// the write that follows can be the trial.
    ///
    /// That write is not sure to be permitted: another one may come first. Then a token that was taken in
    /// between is spent for nothing. This happens at most once each pause.
    pub(super) fn admit(self: &Arc<Self>, only_reads: bool) -> Result<Pass, Unanswered> {
        let before = self.under_way.fetch_add(1, Ordering::AcqRel);
        let mut pass = Pass {
            guard: Arc::clone(self),
            round: self.breaker.round(),
            only_reads,
            is_trial: false,
            is_settled: false,
        };
        let is_full = before >= self.max_under_way;
        if !is_full && !self.breaker.is_open() {
            return Ok(pass);
        }
        // Operations that hang for ever must not prevent trials.
        let has_room = before < self.max_under_way.saturating_add(ROOM_FOR_TRIALS);
        let now = Instant::now();
        if has_room && only_reads && self.breaker.may_read(now, is_full) {
            return Ok(pass);
        }
        if has_room && !only_reads && self.breaker.may_try(now, is_full) {
            pass.is_trial = true;
            return Ok(pass);
        }
        Err(if is_full {
            Unanswered::Busy
        } else {
            Unanswered::Broken
        })
    }

    pub(super) fn read_is_over(&self) {
        self.breaker.read_is_over();
    }

    /// Tells the observer of a change of the breaker.
    fn tell(&self, change: Option<Change>) {
        if let Some(change) = change {
            self.observer.observe(Signal::BreakerChanged {
                store: self.role,
                is_open: change == Change::Opened,
            });
        }
    }
}

impl fmt::Debug for StoreGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreGuard")
            .field("role", &self.role)
            .field("under_way", &self.under_way)
            .field("breaker", &self.breaker)
            .finish_non_exhaustive()
    }
}

/// The permission to ask a store once. The operation counts as in progress until this is dropped.
#[derive(Debug)]
pub(super) struct Pass {
    guard: Arc<StoreGuard>,
    round: u64,
    only_reads: bool,
    is_trial: bool,
    is_settled: bool,
}

impl Pass {
    /// Notes whether the operation failed. Only the first call counts. After it, a success only shows that
    /// the store answers again.
    pub(super) fn settle(&mut self, is_failure: bool) {
        let breaker = &self.guard.breaker;
        if std::mem::replace(&mut self.is_settled, true) {
            if !is_failure {
                breaker.answered_late();
            }
            return;
        }
        if is_failure {
            let change = breaker.failed(self.round, self.only_reads, Instant::now());
            self.guard.tell(change);
            return;
        }
        if self.only_reads {
            breaker.was_read();
            return;
        }
        self.guard.tell(breaker.succeeded());
        if self.is_trial {
            self.guard.recovered.notify_waiters();
        }
    }

    /// Ready when a trial has shown that the store answers again. Only trials after the first poll of this
    /// future count.
    pub(super) fn recovery(&self) -> impl Future<Output = ()> + Send + 'static {
        let guard = Arc::clone(&self.guard);
        async move { guard.recovered.notified().await }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.guard.under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// E1: reads that fail now and then are not in a row.
    #[tokio::test]
    async fn reads_that_fail_now_and_then_do_not_break_a_store() {
        let guard = StoreGuard::new(StoreRole::Tokens, &StorePolicy::default(), Arc::new(()));
        let guard = Arc::new(guard);
        let read = |is_failure| guard.admit(true).unwrap().settle(is_failure);
        for _ in 0..3 {
            for _ in 0..4 {
                read(true);
            }
            read(false);
        }
        assert!(!guard.breaker.is_open());
        for _ in 0..5 {
            read(true);
        }
        assert!(guard.breaker.is_open(), "five in a row do");
    }

    /// G16: however often late answers bring trials forward, those that are lost stay bounded.
    #[test]
    fn trials_past_the_bound_are_bounded_too() {
        let policy = StorePolicy::default().with_max_under_way(20);
        let guard = Arc::new(StoreGuard::new(StoreRole::Tokens, &policy, Arc::new(())));
        let mut lost = Vec::new();
        for number in 0..1_000 {
            guard.breaker.answered_late();
            lost.extend(guard.admit(number % 2 == 0));
        }
        assert_eq!(lost.len(), 20 + ROOM_FOR_TRIALS);
        assert_eq!(guard.admit(false).unwrap_err(), Unanswered::Busy);
        lost.pop();
        guard.breaker.answered_late();
        assert!(guard.admit(false).is_ok(), "there is room again");
    }
}
