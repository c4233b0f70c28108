//! How a route lets its clients go on: [`Resumable`].

use std::time::Duration;

use sse_gate_resume::{ResumePolicy, Sessions, SlowPolicy};

/// The settings of a resumable route, each with a default but for its sessions.
#[derive(Clone, Debug)]
pub struct Resumable {
    pub(crate) sessions: Sessions,
    pub(crate) policy: ResumePolicy,
    pub(crate) slow: SlowPolicy,
    pub(crate) opening_grace: Option<Duration>,
}

impl Resumable {
    /// Keeps its sessions among these. Several routes may share them.
    pub fn new(sessions: &Sessions) -> Self {
        Self {
            sessions: sessions.clone(),
            policy: ResumePolicy::default(),
            slow: SlowPolicy::default(),
            opening_grace: None,
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
