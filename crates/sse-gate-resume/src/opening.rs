//! What it takes to open a session: [`Arrival`] and [`Opening`].

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use sse_gate_core::{EntropyError, Grant, SteadyTime, TokenKey};

use crate::log::ReadLog;
use crate::session::{ResumePolicy, SessionEpoch, SessionError};

/// What is read of a session store **before** a token is taken that is to open a session:
/// [`Sessions::arrival`](crate::Sessions::arrival).
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// A revocation after it closes the session, although it is not there yet.
    pub(crate) epoch: SessionEpoch,
    /// When the token was shown.
    pub(crate) at: SteadyTime,
}

/// A session to be opened for a token that was redeemed.
#[derive(Clone, Debug)]
pub struct Opening<'a> {
    pub(crate) grant: &'a Grant,
    pub(crate) token: TokenKey,
    pub(crate) arrival: Arrival,
    pub(crate) log: Arc<dyn ReadLog>,
    pub(crate) owns_log: bool,
    pub(crate) start: Start,
    pub(crate) policy: ResumePolicy,
}

/// Where in its log a session begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// With its first event.
    FromBeginning,
    /// With the first event that is yet to come.
    FromNow,
}

impl<'a> Opening<'a> {
    /// A session on a log of its own, from the log's beginning. The log ends with it.
    ///
    /// `arrival` was read before the token was taken. If the subject's sessions are revoked after
    /// that, no session is opened, though it may be minutes later.
    pub fn new(
        arrival: Arrival,
        grant: &'a Grant,
        token: TokenKey,
        own_log: Arc<dyn ReadLog>,
    ) -> Self {
        Self {
            grant,
            token,
            arrival,
            log: own_log,
            owns_log: true,
            start: Start::FromBeginning,
            policy: ResumePolicy::default(),
        }
    }

    /// The log is one that others read, too, and the session begins with what comes from now on.
    pub fn on_shared_log(mut self) -> Self {
        self.owns_log = false;
        self.start = Start::FromNow;
        self
    }

    /// How the session deals with clients that come back.
    pub fn with_policy(mut self, policy: ResumePolicy) -> Self {
        self.policy = policy;
        self
    }
}

/// A session was not opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// There was no randomness.
    NoEntropy(EntropyError),
    /// The store did not take it.
    Store(SessionError),
}

impl From<EntropyError> for OpenError {
    fn from(error: EntropyError) -> Self {
        Self::NoEntropy(error)
    }
}

impl From<SessionError> for OpenError {
    fn from(error: SessionError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("session can't be opened")
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoEntropy(error) => Some(error),
            Self::Store(error) => Some(error),
        }
    }
}
