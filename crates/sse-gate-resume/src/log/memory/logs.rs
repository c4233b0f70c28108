//! Makes logs in this process's memory: [`MemoryLogs`].

use std::sync::Arc;

use sse_gate_core::{Clock, Entropy, EntropyError, Subject, SystemClock, SystemEntropy};

use super::MemoryLog;
use super::shared::SharedLog;
use super::watched::{Watch, WatchedLog};
use crate::log::budget::Account;
use crate::log::retained::Retained;
use crate::log::{LogBudget, LogEpoch, LogLimits};

/// Makes logs that have the same limits, and share a clock and a budget.
///
/// A log is made for each piece of work behind a stream, or for each feed. Feeds that have names are
/// easier with [`Topics`](crate::Topics).
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_core::Subject;
/// use sse_gate_resume::backend::ReadLog;
/// use sse_gate_resume::{LogBudget, LogLimits, MemoryLogs, Publisher};
///
/// # pollster::block_on(async {
/// let logs = MemoryLogs::new(LogLimits::default().with_max_events(2), LogBudget::default());
/// let log = logs.create_for(&Subject::new("alice")?)?;
/// let publisher = Publisher::new(log.clone());
/// for data in ["one", "two", "three"] {
///     publisher.publish(&Event::new().data(data)).await?;
/// }
/// // The first event has made room for the third.
/// assert_eq!((log.bounds().first, log.bounds().last), (2, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct MemoryLogs {
    limits: LogLimits,
    budget: LogBudget,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl MemoryLogs {
    /// Makes logs with these limits, within this budget.
    pub fn new(limits: LogLimits, budget: LogBudget) -> Self {
        Self {
            limits,
            budget,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// Sets the limits of each log that is made from now on.
    pub fn with_limits(mut self, limits: LogLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the budget that all logs share which are made from now on.
    pub fn with_budget(mut self, budget: LogBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Sets the clock by which events age, the system's by default.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the source of the logs' epochs, the system's randomness by default.
    pub fn with_entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Makes an empty log that counts for no subject, as for a feed of the server's.
    ///
    /// # Errors
    ///
    /// The random number generator failed.
    pub fn create(&self) -> Result<MemoryLog, EntropyError> {
        let log = self.create_in(self.budget.account(), None)?;
        Ok(MemoryLog::new(Arc::new(log)))
    }

    /// Makes an empty log. Its events count against this subject's [share](LogBudget::with_share) of
    /// the budget, too.
    ///
    /// # Errors
    ///
    /// The random number generator failed.
    pub fn create_for(&self, subject: &Subject) -> Result<MemoryLog, EntropyError> {
        let log = self.create_in(self.budget.account_of(subject), None)?;
        Ok(MemoryLog::new(Arc::new(log)))
    }

    /// Makes an empty log for a registry. `released` is called each time the last handle of the log
    /// is dropped. Its events count against the owner's share, if it has an owner.
    pub(crate) fn create_watched(
        &self,
        owner: Option<&Subject>,
        released: impl Fn() + Send + Sync + 'static,
    ) -> Result<WatchedLog, EntropyError> {
        let account = match owner {
            Some(subject) => self.budget.account_of(subject),
            None => self.budget.account(),
        };
        let watch = Watch::new(released);
        Ok(WatchedLog::new(self.create_in(account, Some(watch))?))
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn create_in(&self, account: Account, watch: Option<Watch>) -> Result<SharedLog, EntropyError> {
        let epoch = LogEpoch::generate(&*self.entropy)?;
        let retained = Retained::new(self.limits, account);
        let clock = Arc::clone(&self.clock);
        Ok(SharedLog::new(epoch, clock, retained, watch))
    }
}

impl Default for MemoryLogs {
    fn default() -> Self {
        Self::new(LogLimits::default(), LogBudget::default())
    }
}
