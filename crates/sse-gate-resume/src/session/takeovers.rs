//! How often a connection was replaced while it was there: [`Takeovers`].

use sse_gate_core::SteadyTime;

use super::ResumePolicy;

/// Counts takeovers in spans: a new one begins with the first takeover after the last has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Takeovers {
    pub(super) since: SteadyTime,
    pub(super) count: u32,
}

impl Takeovers {
    pub(super) fn new(now: SteadyTime) -> Self {
        Self {
            since: now,
            count: 0,
        }
    }

    /// Counts a takeover, if there were not too many. Returns whether it did.
    pub(super) fn take(&mut self, policy: &ResumePolicy, now: SteadyTime) -> bool {
        if self.span_end(policy).has_passed(now) {
            *self = Self::new(now);
        }
        let is_free = self.count < policy.takeovers();
        self.count += u32::from(is_free);
        is_free
    }

    /// When they are counted anew.
    pub(super) fn span_end(&self, policy: &ResumePolicy) -> SteadyTime {
        self.since.saturating_add(policy.takeover_span())
    }
}
