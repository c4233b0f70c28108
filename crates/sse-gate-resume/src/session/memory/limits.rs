//! How many sessions there may be: [`SessionLimits`].

/// Caps on sessions.
///
/// At a subject's cap, its oldest session that has no connection goes; if all have one, the
/// newcomer is refused. At the cap of all, those that are over are forgotten first, and then the
/// newcomer is refused. Nobody's session goes for another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    pub(super) in_all: usize,
    pub(super) per_subject: usize,
}

impl SessionLimits {
    /// At most this many in all, those included that are remembered although they are over.
    pub const fn with_max(mut self, sessions: usize) -> Self {
        self.in_all = sessions;
        self
    }

    /// At most this many of one subject's.
    pub const fn with_max_per_subject(mut self, sessions: usize) -> Self {
        self.per_subject = sessions;
        self
    }
}

impl Default for SessionLimits {
    /// 20,000 sessions in all, twice the streams that are open by default, and 16 of one subject's.
    fn default() -> Self {
        Self {
            in_all: 20_000,
            per_subject: 16,
        }
    }
}
