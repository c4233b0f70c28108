//! How much a store may hold: [`Limits`], and the error at one of them: [`FullError`].

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The caps of a store: on the number of its tokens, and on the size of their payloads.
///
/// A token counts until it is redeemed, withdrawn or at its end. A cap of zero refuses every token. The
/// setters state the defaults.
///
/// ```
/// use sse_gate_core::{Limits, MemoryStore};
///
/// let limits = Limits::default().with_tokens_per_subject(4);
/// assert_eq!(limits.max_tokens_per_subject(), 4);
/// assert_eq!(limits.max_payload(), 64 * 1024);
/// let store = MemoryStore::new(limits);
/// # let _ = store;
/// ```
#[derive(Clone, Debug)]
pub struct Limits {
    tokens: usize,
    tokens_per_subject: usize,
    payload: usize,
    payload_bytes: usize,
    payload_bytes_per_subject: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tokens: 100_000,
            tokens_per_subject: 16,
            payload: 64 * 1024,
            payload_bytes: 256 * 1024 * 1024,
            payload_bytes_per_subject: 256 * 1024,
        }
    }
}

impl Limits {
    /// Sets the most unused tokens in all. 100,000 by default.
    pub fn with_tokens(mut self, max: usize) -> Self {
        self.tokens = max;
        self
    }

    /// Sets the most unused tokens of one subject. 16 by default: more than the tabs that a user opens
    /// in the minute that a token lives.
    pub fn with_tokens_per_subject(mut self, max: usize) -> Self {
        self.tokens_per_subject = max;
        self
    }

    /// Sets the largest payload of one token, in bytes of JSON. 64 KiB by default.
    pub fn with_payload(mut self, max_bytes: usize) -> Self {
        self.payload = max_bytes;
        self
    }

    /// Sets the most bytes of payloads in all, as JSON. 256 MiB by default.
    pub fn with_payload_bytes(mut self, max_bytes: usize) -> Self {
        self.payload_bytes = max_bytes;
        self
    }

    /// Sets the most bytes of payloads of one subject, as JSON. 256 KiB by default.
    pub fn with_payload_bytes_per_subject(mut self, max_bytes: usize) -> Self {
        self.payload_bytes_per_subject = max_bytes;
        self
    }

    /// The most unused tokens in all.
    pub fn max_tokens(&self) -> usize {
        self.tokens
    }

    /// The most unused tokens of one subject.
    pub fn max_tokens_per_subject(&self) -> usize {
        self.tokens_per_subject
    }

    /// The largest payload of one token, in bytes of JSON.
    pub fn max_payload(&self) -> usize {
        self.payload
    }

    /// The most bytes of payloads in all, as JSON.
    pub fn max_payload_bytes(&self) -> usize {
        self.payload_bytes
    }

    /// The most bytes of payloads of one subject, as JSON.
    pub fn max_payload_bytes_per_subject(&self) -> usize {
        self.payload_bytes_per_subject
    }

    /// Refuses a payload of this many bytes that no subject may have, however few tokens it has. A store
    /// asks this first: it needs to look at nothing.
    ///
    /// ```
    /// use sse_gate_core::{Cap, Limits};
    ///
    /// let limits = Limits::default().with_payload(1_000);
    /// assert!(limits.check_payload(1_000).is_ok());
    /// assert_eq!(limits.check_payload(1_001).unwrap_err().cap(), Cap::PayloadPerToken);
    /// ```
    pub fn check_payload(&self, payload: usize) -> Result<(), FullError> {
        let refuse = |cap| Err(FullError::new(cap, Duration::ZERO));
        match payload {
            _ if self.tokens_per_subject == 0 => refuse(Cap::TokensPerSubject),
            payload if payload > self.payload => refuse(Cap::PayloadPerToken),
            payload if payload > self.payload_bytes_per_subject => refuse(Cap::PayloadPerSubject),
            _ => Ok(()),
        }
    }
}

/// The cap that a token would pass: one of the [`Limits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cap {
    /// The subject has as many unused tokens as a subject may have.
    TokensPerSubject,
    /// The store has as many unused tokens as it may hold.
    TokensInAll,
    /// The payload is larger than any payload may be. Waiting does not help.
    PayloadPerToken,
    /// The payloads of the subject would take more bytes than those of a subject may.
    PayloadPerSubject,
    /// All payloads would take more bytes than the store may hold.
    PayloadInAll,
}

/// There is no room in the store for another token.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_core::{Cap, FullError, StoreError, StoreErrorKind};
///
/// let full = FullError::new(Cap::TokensInAll, Duration::from_secs(1));
/// assert_eq!(full.to_string(), "store has too many unused tokens");
/// assert_eq!(StoreError::from(full).kind(), StoreErrorKind::Full(full));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FullError {
    cap: Cap,
    retry_after: Duration,
}

impl FullError {
    /// The error at `cap`, with the span after which to ask again.
    pub fn new(cap: Cap, retry_after: Duration) -> Self {
        Self { cap, retry_after }
    }

    /// The cap that is reached.
    pub fn cap(self) -> Cap {
        self.cap
    }

    /// How long to wait before asking again, in whole milliseconds. Zero if waiting does not help.
    pub fn retry_after(self) -> Duration {
        self.retry_after
    }
}

impl fmt::Display for FullError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.cap {
            Cap::TokensPerSubject => "subject has too many unused tokens",
            Cap::TokensInAll => "store has too many unused tokens",
            Cap::PayloadPerToken => "payload is too large",
            Cap::PayloadPerSubject => "payloads of the subject are too large together",
            Cap::PayloadInAll => "payloads in the store are too large together",
        })
    }
}

impl Error for FullError {}
