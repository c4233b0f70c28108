//! Makes logs in this process's memory: [`MemoryLogs`].

use std::sync::Arc;

use sse_gate_core::{Clock, Entropy, EntropyError, Subject, SystemClock, SystemEntropy};

use super::MemoryLog;
use super::shared::SharedLog;
use super::watched::{Watch, WatchedLog};
use crate::log::budget::Account;
use crate::log::retained::Retained;
use crate::log::{LogBudget, LogEpoch, LogLimits};

/// Makes logs that share their limits, their clock and one budget.
#[derive(Clone, Debug)]
pub struct MemoryLogs {
    limits: LogLimits,
    budget: LogBudget,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl MemoryLogs {
    /// Makes logs of these limits, within this budget.
    pub fn new(limits: LogLimits, budget: LogBudget) -> Self {
        Self {
            limits,
            budget,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// The clock that events age by, the system's by default.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Where epochs come from, the system's randomness by default.
    pub fn with_entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// An empty log that belongs to no subject: one that many follow, say. It fails only without
    /// randomness.
    pub fn create(&self) -> Result<MemoryLog, EntropyError> {
        let log = self.create_in(self.budget.account(), None)?;
        Ok(MemoryLog::new(Arc::new(log)))
    }

    /// An empty log whose events count against this subject's
    /// [share](LogBudget::with_share) of the budget, too. It fails only without randomness.
    pub fn create_for(&self, subject: &Subject) -> Result<MemoryLog, EntropyError> {
        let log = self.create_in(self.budget.account_of(subject), None)?;
        Ok(MemoryLog::new(Arc::new(log)))
    }

    /// An empty log of a registry's: `released` is called each time when the last handle of it is
    /// dropped. Its events count against the owner's share, if it has one.
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
