//! What happens when a resume id is shown: [`Outcome`].

/// The outcome of [`Record::redeem`](super::Record::redeem), for an id whose tag is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The id was taken: the client goes on.
    Resumed {
        /// The generation of the new connection.
        generation: u64,
        /// Whether the id was taken before: an answer was lost, or an id was stolen.
        again: bool,
    },
    /// The session is over. The client was entitled to it, so it gets 204 and stops reconnecting.
    Gone(GoneReason),
    /// The connection before is still open, and connections were replaced too often in a short time.
    /// The id stays good for later.
    TooSoon,
    /// The id was refused.
    Refused(InvalidIdReason),
}

/// Why a session is over for a client that was entitled to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GoneReason {
    /// The log has ended, and the client has had all of it.
    Complete,
    /// The session was closed.
    Closed(CloseReason),
}

/// Why a session was closed.
///
/// A client that is connected gets it as the reason of `sse.close`, and metrics as a label.
///
/// ```
/// use sse_gate_resume::CloseReason;
///
/// assert_eq!(CloseReason::Revoked.as_str(), "revoked");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseReason {
    /// Its deadline has come.
    Deadline,
    /// Its client did not come back in time.
    Idle,
    /// Its subject lost the right to it, by signing out, say.
    Revoked,
    /// An id was shown that had been used already. There is a copy of it: one of two clients is a
    /// thief.
    Reuse,
    /// An id was shown of a generation that is yet to come. The store has lost writes.
    Rollback,
    /// The subject opened more sessions than it may have, and this one had no connection.
    Displaced,
}

impl CloseReason {
    /// A short name, for a metric's label and for the client.
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

/// Why a resume id was refused. Use it for metrics and logs. Clients get the same answer for every
/// reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidIdReason {
    /// It is not spelled as a resume id.
    Malformed,
    /// There is no such session, or not any more. Or it is another subject's, or of another resource
    /// ([`Sessions::resume_as`](crate::Sessions::resume_as)).
    Unknown,
    /// Its tag is wrong: it was forged, or made with a key that is gone.
    Forged,
    /// The token in the URL is not the session's.
    OtherToken,
    /// It asks for events from before the session began.
    BeforeBase,
    /// It was used before, and a client went on with what it got. The session is closed.
    Reuse,
    /// Its generation is yet to come, so the store has lost writes. The session is closed.
    Rollback,
}

impl InvalidIdReason {
    /// A short name, for a metric's label.
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
