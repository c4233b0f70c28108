//! Where a machine is: [`Phase`], and what it lost on the way: [`Loss`].

use std::time::Duration;

use crate::machine::Attempt;
use crate::{BoxError, End, Error, RetryReason, StreamRequest};

/// Where a machine is between two inputs.
#[derive(Debug)]
pub(super) enum Phase {
    /// The next attempt begins.
    Idle,
    /// The token source has to be asked.
    Asking(Attempt),
    /// The token source is asked.
    Preparing,
    /// There is a request to send.
    Ready(StreamRequest),
    /// The request is under way until this time.
    Sending(StreamRequest, Duration),
    /// The body is read.
    Open(Open),
    /// The body is over. What it said is delivered first.
    Draining(Open, Loss),
    /// There is no connection.
    Lost(Loss),
    /// There is no connection until this time.
    Waiting(Duration),
    /// The stream is over. The result is there until it is taken.
    Over(Option<Result<End, Error>>),
}

/// An open stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    /// When its head came.
    pub(super) since: Duration,
    /// When its last byte came, or when the user asked again after an update.
    pub(super) quiet_since: Duration,
}

/// A connection that is gone.
#[derive(Debug)]
pub(super) struct Loss {
    pub(super) reason: RetryReason,
    pub(super) pause: Pause,
    pub(super) source: Option<BoxError>,
}

/// How long to wait after a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pause {
    /// As long as the backoff says.
    Backoff,
    /// As long as the server asked for.
    Asked(Duration),
    /// The reconnection time: it is no failure.
    Calm,
    /// Not at all: it is no failure.
    No,
}

impl Loss {
    pub(super) const fn new(reason: RetryReason) -> Self {
        Self {
            reason,
            pause: Pause::Backoff,
            source: None,
        }
    }

    pub(super) fn with_pause(mut self, pause: Pause) -> Self {
        self.pause = pause;
        self
    }

    pub(super) fn with_source(mut self, source: Option<BoxError>) -> Self {
        self.source = source;
        self
    }

    /// Whether it counts as a failure.
    pub(super) const fn is_failure(&self) -> bool {
        matches!(self.pause, Pause::Backoff | Pause::Asked(_))
    }
}
