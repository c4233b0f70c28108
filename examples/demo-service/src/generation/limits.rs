//! How much the registry takes on.

use std::num::NonZeroUsize;
use std::time::Duration;

/// How many jobs are kept and computed, and for how long.
///
/// The defaults suit a demo on a small machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub(super) jobs: usize,
    pub(super) jobs_per_user: usize,
    pub(super) bytes: usize,
    pub(super) bytes_per_user: usize,
    pub(super) computing: NonZeroUsize,
    pub(super) keep: Duration,
}

impl Limits {
    /// Jobs kept in all, finished ones included.
    pub fn jobs(self, jobs: usize) -> Self {
        Self { jobs, ..self }
    }

    /// Jobs kept for one user, finished ones included. A user who starts another loses the oldest
    /// finished one.
    pub fn jobs_per_user(self, jobs_per_user: usize) -> Self {
        Self {
            jobs_per_user,
            ..self
        }
    }

    /// Bytes of samples (while a job isn't finished) and of results (once it is) at which no
    /// further sample is taken.
    pub fn bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// The same for one user. A user who starts another loses the oldest finished ones.
    pub fn bytes_per_user(self, bytes_per_user: usize) -> Self {
        Self {
            bytes_per_user,
            ..self
        }
    }

    /// Jobs computing at the same time, each on a thread; others are pending.
    pub fn computing(self, computing: NonZeroUsize) -> Self {
        Self { computing, ..self }
    }

    /// How long a finished job is kept at most.
    pub fn keep(self, keep: Duration) -> Self {
        Self { keep, ..self }
    }
}

/// 1,000 jobs in all and 32 a user; 64 MiB in all and 16 a user; two computing; finished ones kept for 15 minutes.
impl Default for Limits {
    fn default() -> Self {
        Self {
            jobs: 1_000,
            jobs_per_user: 32,
            bytes: 64 << 20,
            bytes_per_user: 16 << 20,
            computing: NonZeroUsize::MIN.saturating_add(1),
            keep: Duration::from_secs(15 * 60),
        }
    }
}
