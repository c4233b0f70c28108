//! For how long a used id is taken again: [`Grace`].

use sse_gate_core::SteadyTime;

use super::ResumePolicy;

/// The generation before the one that counts, whose client may not have got its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grace {
    /// The generation whose ids were used last, if they may be shown again.
    pub(super) predecessor: Option<u64>,
    /// The end of its window.
    pub(super) until: SteadyTime,
    /// Whether the window was prolonged, which happens once.
    pub(super) is_extended: bool,
    /// How often its ids were shown again.
    pub(super) retries: u32,
}

impl Grace {
    /// No id may be shown again.
    pub(super) fn none(now: SteadyTime) -> Self {
        Self {
            predecessor: None,
            until: now,
            is_extended: false,
            retries: 0,
        }
    }

    /// The window of a generation whose successor is made now. It does not slide.
    pub(super) fn begin(generation: u64, policy: &ResumePolicy, now: SteadyTime) -> Self {
        Self {
            predecessor: Some(generation),
            until: now.saturating_add(policy.window()),
            ..Self::none(now)
        }
    }

    /// Whether an id of this generation may be shown again.
    pub(super) fn admits(&self, generation: u64, policy: &ResumePolicy, now: SteadyTime) -> bool {
        self.predecessor == Some(generation)
            && !self.until.has_passed(now)
            && self.retries < policy.retries()
    }

    /// Counts an id that was shown again.
    pub(super) fn count(&mut self) {
        self.retries += 1;
    }

    /// Gives a client that was told to come back later the time to do so, once: until a window after
    /// this moment.
    pub(super) fn extend_after(&mut self, moment: SteadyTime, policy: &ResumePolicy) {
        if !self.is_extended {
            let until = moment.saturating_add(policy.window());
            self.until = self.until.max(until);
            self.is_extended = true;
        }
    }
}
