//! How much all logs hold together: [`LogBudget`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A cap on the bytes of many logs. Clones share it.
///
/// A log that would exceed it drops events of its own, never those of another.
#[derive(Clone, Debug)]
pub struct LogBudget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    max: usize,
    used: AtomicUsize,
}

impl LogBudget {
    /// At most this many bytes in all.
    pub fn new(max_bytes: usize) -> Self {
        Self(Arc::new(Inner {
            max: max_bytes,
            used: AtomicUsize::new(0),
        }))
    }

    /// How many bytes are in use.
    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    pub(super) fn take(&self, bytes: usize) -> bool {
        let Inner { max, used } = &*self.0;
        used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(bytes).filter(|sum| sum <= max)
        })
        .is_ok()
    }

    pub(super) fn give_back(&self, bytes: usize) {
        self.0.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Default for LogBudget {
    /// 256 MiB.
    fn default() -> Self {
        Self::new(256 * 1024 * 1024)
    }
}
