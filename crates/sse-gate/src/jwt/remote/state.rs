//! What is known of the keys, and when to fetch them: [`State`]. It takes the time as an argument.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::{FetchError, RemoteJwkSet};
use crate::jwt::{JwkSet, JwtKey, KeyError, KeyId};

/// A look-up is a decision: the key, and whether a fetch is due; or no key, and whether to wait for one.
///
/// Times between fetches count from the end of one to the begin of the next, so that a slow issuer is not
/// asked without a pause.
pub(super) struct State {
    refresh_after: Duration,
    /// The keys of the last fetch that succeeded, and when it ended.
    latest: Option<(JwkSet, Instant)>,
    /// When the last fetch ended.
    ended: Option<Instant>,
    /// Why the last fetch failed, if it did.
    failure: Option<Arc<FetchError>>,
    /// The fetch that is under way.
    pub(super) flight: Option<watch::Receiver<()>>,
}

/// What a look-up gives.
pub(super) enum Lookup<T> {
    Found {
        value: T,
        /// Whether to fetch in the background.
        is_due: bool,
        /// Whether to wait for that fetch: no request came for long, and the issuer may have withdrawn the key.
        is_stale: bool,
    },
    Missing {
        error: KeyError,
        /// Whether a fetch may change that.
        fetch: bool,
    },
}

impl State {
    pub(super) fn new(refresh_after: Duration) -> Self {
        Self {
            refresh_after,
            latest: None,
            ended: None,
            failure: None,
            flight: None,
        }
    }

    /// A fetch has ended.
    pub(super) fn land(&mut self, outcome: Result<JwkSet, Arc<FetchError>>, now: Instant) {
        self.flight = None;
        self.ended = Some(now);
        match outcome {
            Ok(set) => {
                self.latest = Some((set, now));
                self.failure = None;
            }
            Err(error) => self.failure = Some(error),
        }
    }

    /// The keys, if they are not too old.
    pub(super) fn set(&self, now: Instant) -> Lookup<JwkSet> {
        match &self.latest {
            Some((set, fetched)) if now - *fetched < RemoteJwkSet::MAX_AGE => {
                let age = now - *fetched;
                Lookup::Found {
                    value: set.clone(),
                    is_due: age >= self.refresh_after
                        && self.may_fetch(RemoteJwkSet::MIN_INTERVAL, now),
                    is_stale: self.failure.is_none()
                        && age
                            >= self
                                .refresh_after
                                .saturating_add(RemoteJwkSet::MIN_INTERVAL),
                }
            }
            _ => Lookup::Missing {
                error: self.unavailable(),
                fetch: self.may_fetch(RemoteJwkSet::RETRY_INTERVAL, now),
            },
        }
    }

    /// The key with this id, if the keys are not too old.
    pub(super) fn key(&self, id: Option<&KeyId>, now: Instant) -> Lookup<JwtKey> {
        match self.set(now) {
            Lookup::Found {
                value,
                is_due,
                is_stale,
            } => match value.get(id) {
                Some(key) => Lookup::Found {
                    value: key.clone(),
                    is_due,
                    is_stale,
                },
                None => Lookup::Missing {
                    error: self.unknown(),
                    fetch: self.may_fetch(RemoteJwkSet::MIN_INTERVAL, now),
                },
            },
            Lookup::Missing { error, fetch } => Lookup::Missing { error, fetch },
        }
    }

    /// Whether a fetch may begin, or is under way and can be joined.
    fn may_fetch(&self, interval: Duration, now: Instant) -> bool {
        self.flight.is_some() || self.ended.is_none_or(|ended| now - ended >= interval)
    }

    /// The keys have not got the id. If the last fetch failed, a newer set may have it.
    fn unknown(&self) -> KeyError {
        match self.failure {
            None => KeyError::unknown(),
            Some(_) => self.unavailable(),
        }
    }

    fn unavailable(&self) -> KeyError {
        match &self.failure {
            Some(failure) => KeyError::unavailable(Arc::clone(failure)),
            None => KeyError::unavailable(FetchError::interrupted()),
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("keys", &self.latest.as_ref().map(|(set, _)| set))
            .field("failure", &self.failure)
            .field("is_fetching", &self.flight.is_some())
            .finish_non_exhaustive()
    }
}
