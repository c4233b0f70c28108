//! How a route lets its clients go on: [`Resumable`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_resume::{ResumePolicy, Sessions, SlowPolicy};

use super::{WorkError, WorkSlots};
use crate::Granted;

/// The settings of a resumable route, each with a default but for its sessions.
#[derive(Clone, Debug)]
pub struct Resumable {
    pub(crate) sessions: Sessions,
    pub(crate) policy: ResumePolicy,
    pub(crate) slow: SlowPolicy,
    pub(crate) opening_grace: Option<Duration>,
    pub(crate) work: WorkSlots,
    pub(crate) on_work_error: Option<WorkHook>,
}

/// Gets the errors of work.
#[derive(Clone)]
pub(crate) struct WorkHook(pub(crate) Arc<OnWorkError>);

type OnWorkError = dyn Fn(&Granted, WorkError) + Send + Sync;

impl fmt::Debug for WorkHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WorkHook")
    }
}

impl Resumable {
    /// Keeps its sessions among these. Several routes may share them.
    pub fn new(sessions: &Sessions) -> Self {
        Self {
            sessions: sessions.clone(),
            policy: ResumePolicy::default(),
            slow: SlowPolicy::default(),
            opening_grace: None,
            work: WorkSlots::default(),
            on_work_error: None,
        }
    }

    /// How sessions deal with clients that come back.
    pub fn with_policy(mut self, policy: ResumePolicy) -> Self {
        self.policy = policy;
        self
    }

    /// When a client is too slow.
    pub fn with_slow_policy(mut self, policy: SlowPolicy) -> Self {
        self.slow = policy;
        self
    }

    /// The caps on work in progress, to be shared by the routes of one service. By default each has
    /// its own, at [`WorkSlots`]' defaults.
    pub fn with_work_slots(mut self, slots: WorkSlots) -> Self {
        self.work = slots;
        self
    }

    /// Calls `hook` when the work behind a stream fails, panics, or returns without having finished
    /// its log. Work whose session is over is expected to break off: only its panics are told.
    pub fn on_work_error(
        mut self,
        hook: impl Fn(&Granted, WorkError) + Send + Sync + 'static,
    ) -> Self {
        self.on_work_error = Some(WorkHook(Arc::new(hook)));
        self
    }

    /// Takes a token a second time within `grace`, 5 s at most, if the first answer got lost.
    ///
    /// **Insecure**: for that time the URL alone opens the stream. It counts only until a write to
    /// the first connection has succeeded, or when that connection is gone; and the first is cut.
    /// Without it, a client whose first answer is lost has to ask for a new token.
    pub fn with_insecure_opening_grace(mut self, grace: Duration) -> Self {
        self.opening_grace = Some(grace);
        self
    }
}

impl From<&Sessions> for Resumable {
    fn from(sessions: &Sessions) -> Self {
        Self::new(sessions)
    }
}
