//! How much a store may hold: [`Limits`], and what is said at one of them: [`Full`].

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The caps of a store, on the number of its entries and the size of their payloads.
///
/// A cap of zero refuses everybody. The defaults are stated at the setters.
///
/// ```
/// use sse_gate_core::{Limits, MemoryStore};
///
/// let store = MemoryStore::new(Limits::default().with_tokens_per_subject(4));
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
    /// The most tokens outstanding in all. 100,000 by default.
    pub fn with_tokens(mut self, max: usize) -> Self {
        self.tokens = max;
        self
    }

    /// The most tokens outstanding for one subject. 16 by default: more tabs than a browser
    /// opens in the minute that a token lives.
    pub fn with_tokens_per_subject(mut self, max: usize) -> Self {
        self.tokens_per_subject = max;
        self
    }

    /// The largest payload of one token, in bytes of JSON. 64 KiB by default.
    pub fn with_payload(mut self, max_bytes: usize) -> Self {
        self.payload = max_bytes;
        self
    }

    /// The most payload outstanding in all, in bytes of JSON. 256 MiB by default.
    pub fn with_payload_bytes(mut self, max_bytes: usize) -> Self {
        self.payload_bytes = max_bytes;
        self
    }

    /// The most payload outstanding for one subject, in bytes of JSON. 256 KiB by default.
    pub fn with_payload_bytes_per_subject(mut self, max_bytes: usize) -> Self {
        self.payload_bytes_per_subject = max_bytes;
        self
    }

    /// The most tokens outstanding in all.
    pub fn max_tokens(&self) -> usize {
        self.tokens
    }

    /// The most tokens outstanding for one subject.
    pub fn max_tokens_per_subject(&self) -> usize {
        self.tokens_per_subject
    }

    /// The most payload outstanding in all, in bytes of JSON.
    pub fn max_payload_bytes(&self) -> usize {
        self.payload_bytes
    }

    /// The most payload outstanding for one subject, in bytes of JSON.
    pub fn max_payload_bytes_per_subject(&self) -> usize {
        self.payload_bytes_per_subject
    }

    /// Refuses what no subject may have, whatever else it has.
    pub(super) fn check_payload(&self, payload: usize) -> Result<(), Full> {
        let refuse = |cap| Err(Full::new(cap, Duration::ZERO));
        match payload {
            _ if self.tokens_per_subject == 0 => refuse(Cap::TokensPerSubject),
            payload if payload > self.payload => refuse(Cap::PayloadPerToken),
            payload if payload > self.payload_bytes_per_subject => refuse(Cap::PayloadPerSubject),
            _ => Ok(()),
        }
    }
}

/// Which of the [`Limits`] was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cap {
    /// The subject has as many tokens outstanding as one may have.
    TokensPerSubject,
    /// The store has as many tokens outstanding as it may hold.
    TokensInAll,
    /// The payload is larger than one may be, whoever asks and whenever.
    PayloadPerToken,
    /// The subject's payloads take as many bytes as one's may.
    PayloadPerSubject,
    /// All payloads take as many bytes as the store may hold.
    PayloadInAll,
}

/// There is no room for one more entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    cap: Cap,
    retry_after: Duration,
}

impl Full {
    /// The refusal at `cap`, with the time after which to ask again.
    pub fn new(cap: Cap, retry_after: Duration) -> Self {
        Self { cap, retry_after }
    }

    /// Which cap was met.
    pub fn cap(self) -> Cap {
        self.cap
    }

    /// When to ask again, to the millisecond; zero if it will never help.
    pub fn retry_after(self) -> Duration {
        self.retry_after
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.cap {
            Cap::TokensPerSubject => "subject has too many tokens outstanding",
            Cap::TokensInAll => "too many tokens are outstanding",
            Cap::PayloadPerToken => "payload is too large",
            Cap::PayloadPerSubject => "subject has too much payload outstanding",
            Cap::PayloadInAll => "too much payload is outstanding",
        })
    }
}

impl Error for Full {}
