//! What is told to whoever watches: [`Observer`] and the [`Signal`]s it gets.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crate::{IssueErrorKind, RefusalReason};

/// Is told of all that happens, for metrics, logs and alarms.
///
/// It is called on the request's own path: count and return. Nothing that it is told is secret,
/// and all of it comes from small closed sets, fit for labels.
pub trait Observer: Debug + Send + Sync + 'static {
    /// Something happened.
    fn observe(&self, signal: Signal);
}

/// One thing that happened.
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
    /// What was shown as a token was refused.
    Refused(RefusalReason),
    /// Whoever showed the token was gone before it was redeemed. The token may be spent.
    Abandoned,
    /// Tokens were withdrawn that nobody had used yet.
    Withdrawn {
        /// How many.
        tokens: usize,
    },
    /// A request was turned away before anybody looked for a token in it.
    TurnedAway {
        /// The name of the check that it failed.
        check: &'static str,
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

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamEnd {
    /// The handler had no more to say.
    Complete,
    /// The body failed.
    Failed,
    /// The client went away, or the connection broke.
    Disconnected,
}

/// Observes nothing.
impl Observer for () {
    fn observe(&self, _: Signal) {}
}

impl<O: Observer + ?Sized> Observer for Arc<O> {
    fn observe(&self, signal: Signal) {
        (**self).observe(signal);
    }
}
