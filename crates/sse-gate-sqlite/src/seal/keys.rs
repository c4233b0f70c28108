//! The server's keys: [`SealingKeys`].

use std::fmt;

use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// What the derived keys are for (the `info` of RFC 5869 §2.3).
const PURPOSE: &[u8] = b"sse-gate-sqlite/values/1";

/// A key that seals what a database keeps. It is wiped on drop, and does not print.
///
/// Keep it where the file is not: someone who has both reads the file. What is sealed with a key that is lost is
/// lost with it, which for tokens costs clients one more request.
///
/// ```
/// use sse_gate_sqlite::SealingKey;
///
/// let secret = [7; 32];
/// let key = SealingKey::new(secret);
/// assert_eq!(format!("{key:?}"), "SealingKey { .. }");
/// ```
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// The key of these 32 random bytes.
    ///
    /// Each file gets a key of its own from it (HKDF-SHA256, RFC 5869), so one secret can serve several
    /// databases. A value that is copied from one file into another can't be opened there.
    ///
    /// ```
    /// use sse_gate_sqlite::{SealingKey, SealingKeys};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("key");
    /// # std::fs::write(&path, [7; 32])?;
    ///
    /// // Made once, by `head -c 32 /dev/urandom > key`. A file of another length is refused.
    /// let secret: [u8; 32] = std::fs::read(&path)?
    ///     .try_into()
    ///     .map_err(|_| "a key has 32 bytes")?;
    /// let keys = SealingKeys::new(SealingKey::new(secret));
    /// # let _ = keys;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(secret: [u8; 32]) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The cipher for one file. Each file has its own, so that nothing can be moved from file to file.
    pub(super) fn cipher(&self, file: &[u8; 32]) -> XChaCha20Poly1305 {
        let mut own = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(file), &*self.0)
            .expand(PURPOSE, &mut *own)
            .expect("32 bytes are one block of HKDF-SHA256");
        XChaCha20Poly1305::new((&*own).into())
    }
}

/// The key that seals, and the key before it, whose values can still be opened.
///
/// To rotate, open the database with the new key as the current one and the old key as the previous
/// one. Drop the old key at a later start, when all that it has sealed has ended: for tokens after
/// their time to live, a minute by default. What is still sealed with a key that was dropped is refused.
///
/// ```
/// use sse_gate_sqlite::{Database, DatabaseErrorKind, DatabaseOptions, SealingKey, SealingKeys};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("tokens.db");
/// # let (old, new) = ([1; 32], [2; 32]);
/// let only_old = SealingKeys::new(SealingKey::new(old));
/// Database::open(&path, DatabaseOptions::sealed(only_old))?.close()?;
///
/// let both = SealingKeys::new(SealingKey::new(new)).with_previous(SealingKey::new(old));
/// Database::open(&path, DatabaseOptions::sealed(both))?.close()?;
///
/// // The old key alone is of no use any more.
/// let only_old = SealingKeys::new(SealingKey::new(old));
/// let error = Database::open(&path, DatabaseOptions::sealed(only_old)).unwrap_err();
/// assert_eq!(error.kind(), DatabaseErrorKind::WrongKeys);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SealingKeys {
    pub(super) current: SealingKey,
    pub(super) previous: Option<SealingKey>,
}

impl SealingKeys {
    /// Only this key. It seals and opens.
    pub fn new(current: SealingKey) -> Self {
        Self {
            current,
            previous: None,
        }
    }

    /// Opens what the key before has sealed, too. Nothing new is sealed with it.
    ///
    /// Sessions and logs live longer than tokens, for hours or days. A session is sealed anew whenever it
    /// changes, an event never. If the previous key is dropped too early, a session that it has sealed is lost,
    /// and an event that it has sealed is a gap for its readers.
    ///
    /// ```
    /// use sse_gate_core::{GrantRequest, Limits, Resource, Subject, TokenGate};
    /// use sse_gate_sqlite::{Database, DatabaseOptions, SealingKey, SealingKeys, SqliteTokens};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("sse-gate.db");
    /// # let (old, new) = ([1; 32], [2; 32]);
    /// # pollster::block_on(async {
    /// let feed = Resource::new(["feed"])?;
    /// let keys = SealingKeys::new(SealingKey::new(old));
    /// let database = Database::open(&path, DatabaseOptions::sealed(keys))?;
    /// let gate = TokenGate::new(SqliteTokens::new(&database, Limits::default()));
    /// let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
    /// database.close()?;
    ///
    /// // The next start has a new key. The token is still good.
    /// let keys = SealingKeys::new(SealingKey::new(new)).with_previous(SealingKey::new(old));
    /// let database = Database::open(&path, DatabaseOptions::sealed(keys))?;
    /// let gate = TokenGate::new(SqliteTokens::new(&database, Limits::default()));
    /// assert!(gate.redeem(issued.token().expose(), &feed).await.is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_previous(mut self, previous: SealingKey) -> Self {
        self.previous = Some(previous);
        self
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// D8: no key prints.
    #[test]
    fn keys_do_not_print() {
        let keys = SealingKeys::new(SealingKey::new([7; 32]));
        let shown = format!("{:?}", keys.with_previous(SealingKey::new([7; 32])));
        assert!(!shown.contains('7'), "{shown}");
        assert!(shown.contains("SealingKey { .. }"), "{shown}");
    }
}
