//! What observers are told: [`Signal`].

use std::time::Duration;

use crate::{IssueErrorKind, MintRefusalReason, RefusalReason};

/// One thing that happened.
///
/// ```
/// use sse_gate_core::{RefusalReason, Signal};
///
/// fn is_suspicious(signal: Signal) -> bool {
///     matches!(signal, Signal::Refused(RefusalReason::Used | RefusalReason::Unknown))
/// }
///
/// assert!(is_suspicious(Signal::Refused(RefusalReason::Used)));
/// assert!(!is_suspicious(Signal::Redeemed { continues: false }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// A token was issued.
    Issued,
    /// No token was issued.
    IssueRefused(IssueErrorKind),
    /// A token was redeemed.
    Redeemed {
        /// Whether the client goes on with a stream that it had before.
        continues: bool,
    },
    /// A token was refused.
    Refused(RefusalReason),
    /// The client went away before its token was redeemed. The token may be spent.
    Abandoned,
    /// Unused tokens were withdrawn.
    Withdrawn {
        /// How many tokens.
        tokens: usize,
    },
    /// A request was turned away before its token was looked at.
    TurnedAway {
        /// The name of the check that it failed.
        check: &'static str,
    },
    /// A token was still in the URI when it reached the gate, so every layer outside has seen it.
    /// `StripTokenLayer` is missing, or does not match. It is told once for each route, to
    /// [`Observer::observe_error`](crate::Observer::observe_error), with an error that names the route.
    TokenNotStripped,
    /// The endpoint that issues tokens refused a request. If the gate had refused it,
    /// [`IssueRefused`](Self::IssueRefused) was told before.
    MintRefused(MintRefusalReason),
    /// A caller may open a new stream with its own credential: for a caller, this is what
    /// [`Redeemed`](Self::Redeemed) is for a token. There may still be no place for it.
    CallerAdmitted,
    /// A caller's own credential opened no stream.
    CallerRefused(MintRefusalReason),
    /// A store has failed so often that it is not asked for a while, or it is asked again.
    BreakerChanged {
        /// Which store.
        store: StoreRole,
        /// Whether operations are refused now without asking it.
        is_open: bool,
    },
    /// A stream was opened.
    StreamOpened,
    /// A stream ended.
    StreamClosed {
        /// How long it was open.
        lasted: Duration,
        /// What ended it.
        end: StreamEnd,
    },
}

/// What a store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreRole {
    /// The store keeps the grants of tokens.
    Tokens,
    /// The store keeps sessions.
    Sessions,
    /// The store keeps the events of streams.
    Logs,
    /// The store limits the open streams of all nodes.
    Streams,
}

impl StoreRole {
    /// A short name, fit for a metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Sessions => "sessions",
            Self::Logs => "logs",
            Self::Streams => "streams",
        }
    }
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamEnd {
    /// The handler ended the stream.
    Complete,
    /// The handler, the body or the work behind it failed or panicked, or the handler answered with a
    /// status of 500 or higher.
    Failed,
    /// The connection was ended because the client was too slow.
    Lagged,
    /// The client went away, or the connection broke.
    Disconnected,
    /// The subject was revoked: it has signed out, or may no longer have the stream.
    Revoked,
}
