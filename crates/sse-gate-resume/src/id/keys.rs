//! The server's keys: [`ResumeKeys`].

use std::fmt;

use sse_gate_core::{Entropy, EntropyError};
use zeroize::Zeroizing;

/// A key with which resume ids are made, and the character that names it in them.
pub struct ResumeKey {
    kid: u8,
    secret: Zeroizing<[u8; 32]>,
}

impl ResumeKey {
    /// The key of these 32 random bytes, under the name `kid`, one of `0-9A-Za-z`.
    ///
    /// # Errors
    ///
    /// `kid` is another character.
    pub fn new(kid: char, secret: [u8; 32]) -> Result<Self, InvalidKid> {
        let secret = Zeroizing::new(secret);
        match u8::try_from(kid) {
            Ok(kid) if kid.is_ascii_alphanumeric() => Ok(Self { kid, secret }),
            _ => Err(InvalidKid("key name is not one of 0-9, A-Z, a-z")),
        }
    }

    pub(super) fn kid(&self) -> u8 {
        self.kid
    }

    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }
}

/// The key with which resume ids are made, and the key before it, whose ids are still good.
///
/// All nodes that share a store of sessions need the same keys. To rotate them, make the new key the
/// current one on every node, and the old key the previous one. An id of the old key is good until
/// its session gives out another, so drop the old key when the longest stream is over: after an
/// hour, by default.
///
/// ```
/// use sse_gate_resume::{MemorySessions, ResumeKey, ResumeKeys, Sessions};
///
/// # let (old_secret, new_secret) = ([1; 32], [2; 32]);
/// // The secrets are 32 random bytes each, from a file or a vault.
/// let keys = ResumeKeys::new(ResumeKey::new('b', new_secret)?)
///     .with_previous(ResumeKey::new('a', old_secret)?)?;
/// let sessions = Sessions::new(MemorySessions::default(), keys);
/// # let _ = sessions;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ResumeKeys {
    current: ResumeKey,
    previous: Option<ResumeKey>,
}

impl ResumeKeys {
    /// Only this key.
    pub fn new(current: ResumeKey) -> Self {
        Self {
            current,
            previous: None,
        }
    }

    /// A new random key. No session outlives the process with it, so use it for a store in memory.
    ///
    /// # Errors
    ///
    /// The random number generator failed.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut secret = Zeroizing::new([0; 32]);
        entropy.fill(&mut secret)?;
        Ok(Self::new(ResumeKey { kid: b'0', secret }))
    }

    /// Accepts ids of the key before, too.
    ///
    /// # Errors
    ///
    /// Both keys have the same name.
    pub fn with_previous(mut self, previous: ResumeKey) -> Result<Self, InvalidKid> {
        if previous.kid == self.current.kid {
            return Err(InvalidKid("both keys have the same name"));
        }
        self.previous = Some(previous);
        Ok(self)
    }

    pub(crate) fn current(&self) -> &ResumeKey {
        &self.current
    }

    pub(crate) fn named(&self, kid: u8) -> Option<&ResumeKey> {
        let keys = [Some(&self.current), self.previous.as_ref()];
        keys.into_iter().flatten().find(|key| key.kid == kid)
    }
}

impl fmt::Debug for ResumeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumeKey")
            .field("kid", &char::from(self.kid))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ResumeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumeKeys")
            .field("current", &self.current)
            .field("previous", &self.previous)
            .finish()
    }
}

/// A key's name can't stand in an id, or two keys have the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidKid(&'static str);
