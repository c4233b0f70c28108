//! How many sessions there may be: [`SessionLimits`].

/// Bounds on sessions.
///
/// At a subject's bound, its oldest session that has no connection is closed. If all have one, the
/// newcomer is refused. At the bound of all, sessions that are over are forgotten first. If there
/// are none, the newcomer is refused. No session makes room for one of another subject.
///
/// ```
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_resume::{MemorySessions, ResumeKeys, SessionLimits, Sessions};
///
/// let limits = SessionLimits::default().with_max(1_000).with_max_per_subject(4);
/// let store = MemorySessions::new(limits);
/// let sessions = Sessions::new(store, ResumeKeys::generate(&SystemEntropy)?);
/// # let _ = sessions;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    pub(super) in_all: usize,
    pub(super) per_subject: usize,
}

impl SessionLimits {
    /// At most this many in all, those included that are over and still remembered.
    pub const fn with_max(mut self, sessions: usize) -> Self {
        self.in_all = sessions;
        self
    }

    /// How many there may be in all.
    pub const fn max(&self) -> usize {
        self.in_all
    }

    /// How many one subject may have.
    pub const fn max_per_subject(&self) -> usize {
        self.per_subject
    }

    /// At most this many of one subject.
    pub const fn with_max_per_subject(mut self, sessions: usize) -> Self {
        self.per_subject = sessions;
        self
    }
}

impl Default for SessionLimits {
    /// 20,000 sessions in all, twice the default number of open streams, and 16 of one subject.
    fn default() -> Self {
        Self {
            in_all: 20_000,
            per_subject: 16,
        }
    }
}
