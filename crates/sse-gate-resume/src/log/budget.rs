//! How much all logs hold together: [`LogBudget`].

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use sse_gate_core::Subject;

use crate::room::shrink;
use crate::sync::Mutex;

/// A bound on the bytes of many logs, with a share of it for each subject. Clones count together.
///
/// A log that would exceed the budget, or its subject's share, drops events of its own, never those
/// of another log. A log that has no event to drop refuses the new one with
/// [`NoRoom`](crate::error::AppendErrorKind::NoRoom).
///
/// Each event counts with its bytes and 64 more, for what the log needs beside them.
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_core::Subject;
/// use sse_gate_resume::{LogBudget, LogLimits, Logs, Publisher};
///
/// # pollster::block_on(async {
/// let budget = LogBudget::new(64 * 1024 * 1024).with_share(1024 * 1024);
/// let logs = Logs::new(LogLimits::default(), budget.clone());
/// let alice = Subject::new("alice")?;
/// let publisher = Publisher::new(logs.create_for(&alice).await?);
/// publisher.publish(&Event::new().data("hello")).await?;
/// assert!(budget.used_by(&alice) > 64);
///
/// // What a log held is given back with it.
/// drop(publisher);
/// assert_eq!(budget.used(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct LogBudget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    total: Counter,
    share: usize,
    /// The shares of subjects that have logs.
    shares: Mutex<HashMap<Subject, Weak<Share>>>,
}

/// What one subject's logs use of the budget. It is forgotten with the last of them.
#[derive(Debug)]
struct Share {
    subject: Subject,
    used: Counter,
    budget: LogBudget,
}

/// Where a log counts its bytes.
#[derive(Debug)]
pub(super) struct Account {
    budget: LogBudget,
    share: Option<Arc<Share>>,
}

#[derive(Debug)]
struct Counter {
    max: usize,
    used: AtomicUsize,
}

impl LogBudget {
    /// A subject's share is the budget divided by this.
    const SHARES: usize = 16;

    /// At most this many bytes in all, and a sixteenth of them for the logs of one subject.
    pub fn new(max_bytes: usize) -> Self {
        Self::with(max_bytes, max_bytes / Self::SHARES)
    }

    /// A budget of the same size, with this many bytes for the logs of one subject. It counts anew:
    /// logs that were made with the old one don't count.
    ///
    /// A share bounds logs that are made [for a subject](super::Logs::create_for), and topics
    /// that a subject [owns](crate::Topics::log).
    pub fn with_share(self, max_bytes: usize) -> Self {
        Self::with(self.0.total.max, max_bytes)
    }

    fn with(max: usize, share: usize) -> Self {
        Self(Arc::new(Inner {
            total: Counter::new(max),
            share,
            shares: Mutex::new(HashMap::new()),
        }))
    }

    /// How many bytes all logs use.
    pub fn used(&self) -> usize {
        self.0.total.used.load(Ordering::Relaxed)
    }

    /// How many bytes the logs of this subject use.
    pub fn used_by(&self, subject: &Subject) -> usize {
        let share = self.0.shares.lock().get(subject).and_then(Weak::upgrade);
        share.map_or(0, |share| share.used.used.load(Ordering::Relaxed))
    }

    pub(super) fn account(&self) -> Account {
        Account {
            budget: self.clone(),
            share: None,
        }
    }

    pub(super) fn account_of(&self, subject: &Subject) -> Account {
        let mut shares = self.0.shares.lock();
        let known = shares.get(subject).and_then(Weak::upgrade);
        let share = known.unwrap_or_else(|| {
            let share = Arc::new(Share {
                subject: subject.clone(),
                used: Counter::new(self.0.share),
                budget: self.clone(),
            });
            shares.insert(subject.clone(), Arc::downgrade(&share));
            share
        });
        Account {
            budget: self.clone(),
            share: Some(share),
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut shares = self.budget.0.shares.lock();
        // A new share of the subject may have taken its place already.
        if shares
            .get(&self.subject)
            .is_some_and(|it| it.strong_count() == 0)
        {
            shares.remove(&self.subject);
            shrink(&mut shares);
        }
    }
}

impl Account {
    /// Takes so many bytes of the share and of the budget, or of neither. Returns whether it did.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let share = self.share.as_ref().map(|share| &share.used);
        if share.is_some_and(|share| !share.take(bytes)) {
            return false;
        }
        let has_taken = self.budget.0.total.take(bytes);
        if !has_taken && let Some(share) = share {
            share.give_back(bytes);
        }
        has_taken
    }

    pub(super) fn give_back(&self, bytes: usize) {
        self.budget.0.total.give_back(bytes);
        if let Some(share) = &self.share {
            share.used.give_back(bytes);
        }
    }
}

impl Counter {
    const fn new(max: usize) -> Self {
        Self {
            max,
            used: AtomicUsize::new(0),
        }
    }

    fn take(&self, bytes: usize) -> bool {
        let Self { max, used } = self;
        used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(bytes).filter(|sum| sum <= max)
        })
        .is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Default for LogBudget {
    /// 256 MiB in all, and 16 MiB for each subject: sixteen logs of the default size.
    fn default() -> Self {
        Self::new(256 * 1024 * 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back_when_subjects_have_gone() {
        let budget = LogBudget::default();
        let account =
            |n: u32| budget.account_of(&Subject::new(n.to_string()).expect("a good name"));
        let accounts: Vec<_> = (0..1_000).map(account).collect();
        let room = || budget.0.shares.lock().capacity();
        assert!(room() >= 1_000);
        drop(accounts);
        assert!(room() <= 128);
    }
}
