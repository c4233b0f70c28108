//! Entries to try a store with: [`Sample`].

use std::time::Duration;

use crate::{Entry, Epoch, Grant, Resource, Subject, SystemEntropy, Timestamp, Token, TokenKey};

/// How long the entries of most checks live: longer than any check runs.
pub(super) const TTL: Duration = Duration::from_secs(60);

/// An entry and its key. The token is thrown away.
///
/// ```
/// use sse_gate_core::conformance::Sample;
///
/// let sample = Sample::of("alice", 100);
/// assert_eq!(sample.entry.key(), sample.key);
/// assert_eq!(sample.entry.subject_bytes(), b"alice");
/// assert_eq!(sample.entry.payload_len(), 100);
/// ```
#[derive(Clone, Debug)]
pub struct Sample {
    /// The key.
    pub key: TokenKey,
    /// The entry that belongs to it.
    pub entry: Entry,
}

impl Sample {
    /// An entry of the subject `alice`, without a payload.
    pub fn new() -> Self {
        Self::of("alice", 0)
    }

    /// An entry of this subject, with a payload of this many bytes: 0, or at least 2.
    pub fn of(subject: &str, payload: usize) -> Self {
        let resource = resource();
        let token = Token::generate(&SystemEntropy).expect("a test machine has randomness");
        Self::with_key(token.key(&resource), subject, payload)
    }

    /// The same as [`of`](Self::of), under a given key.
    pub fn with_key(key: TokenKey, subject: &str, payload: usize) -> Self {
        // JSON adds two quotes.
        let text = || "x".repeat(payload.saturating_sub(2));
        let json = || serde_json::to_vec(&text()).expect("text is JSON");
        let grant = Grant {
            subject: Subject::new(subject).expect("the checks use good names"),
            resource: resource(),
            payload: (payload > 0).then(|| json().into()),
            expires_at: Timestamp::FOREVER,
            deadline: Timestamp::FOREVER,
            continues: false,
            epoch: Epoch::ZERO,
        };
        Self {
            key,
            entry: Entry::seal(key, &grant, Duration::MAX),
        }
    }

    /// The same entry, but its subject was authenticated in this epoch. Without it that is
    /// [`Epoch::ZERO`].
    pub fn at(self, epoch: Epoch) -> Self {
        let mut grant = self.entry.open().expect("a sample is a grant");
        grant.epoch = epoch;
        let entry = Entry::seal(self.key, &grant, Duration::MAX);
        Self { entry, ..self }
    }
}

impl Default for Sample {
    fn default() -> Self {
        Self::new()
    }
}

fn resource() -> Resource {
    Resource::new(["conformance", "sample"]).expect("two short parts")
}
