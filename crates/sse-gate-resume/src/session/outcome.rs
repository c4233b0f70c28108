//! What comes of showing a resume id: [`Outcome`].

/// What the step made of a resume id whose tag is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken: the client goes on, in this generation.
    Resumed {
        /// The generation of the new connection.
        generation: u64,
        /// Whether it was taken although it was used before: an answer got lost, or was stolen.
        again: bool,
    },
    /// The session is over, and whoever asks had a right to it: it shall ask no more.
    Gone(GoneReason),
    /// The connection before is still there, and others were replaced too often in a short time. The
    /// id stays good for later.
    TooSoon,
    /// It was refused.
    Refused(InvalidIdReason),
}

/// Why there is nothing to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GoneReason {
    /// The client has had everything.
    Complete,
    /// The session was closed.
    Closed(CloseReason),
}

/// Why a session was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseReason {
    /// Its time was up.
    Deadline,
    /// Nobody came back to it in time.
    Idle,
    /// Its subject's right to it was taken away.
    Revoked,
    /// An id was shown that somebody had used already: there is a copy of it.
    Reuse,
    /// An id was shown of a generation that never was, or of a log that is another one now: the
    /// store, or the log, has lost writes.
    Rollback,
    /// The same subject opened more sessions than it may have.
    Displaced,
}

impl CloseReason {
    /// A short name, fit for a metric's label and for the client.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Idle => "idle",
            Self::Revoked => "revoked",
            Self::Reuse => "reuse",
            Self::Rollback => "rollback",
            Self::Displaced => "displaced",
        }
    }
}

/// Why a resume id was refused. For metrics and logs: clients see one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidIdReason {
    /// It is not spelled as one is.
    Malformed,
    /// There is no such session, or none any more.
    Unknown,
    /// Its tag is not the server's: it is forged, or of a key that is gone.
    Forged,
    /// The token in the URL is not the session's.
    OtherToken,
    /// It asks for events from before the session began.
    BeforeBase,
    /// It was used before, by somebody who went on with it. The session is closed.
    Reuse,
    /// Its generation never was. The session is closed, and the store has lost writes.
    Rollback,
}

impl InvalidIdReason {
    /// A short name, fit for a metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Forged => "forged",
            Self::OtherToken => "other_token",
            Self::BeforeBase => "before_base",
            Self::Reuse => "reuse",
            Self::Rollback => "rollback",
        }
    }
}
