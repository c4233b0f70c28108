//! What the rows of a subject are found by: [`SubjectTag`], made by the [`SubjectIndex`] of a file.
//!
//! Each file has an index key of its own, which is random and kept in the file, sealed. So the tags stay
//! the same when the sealing keys are rotated, and say nothing to someone without a key.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The first 16 bytes of an HMAC-SHA256 of a subject's name (RFC 2104, truncated as its §5 allows).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SubjectTag([u8; 16]);

impl SubjectTag {
    /// The tag that was kept as these bytes. `None` if they can't be one.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Makes the tags of one file.
pub(crate) struct SubjectIndex(Zeroizing<[u8; 32]>);

impl SubjectIndex {
    pub(crate) fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    pub(crate) fn tag(&self, subject: &[u8]) -> SubjectTag {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&*self.0).expect("HMAC takes a key of any length");
        mac.update(subject);
        let full: [u8; 32] = mac.finalize().into_bytes().into();
        SubjectTag(std::array::from_fn(|place| full[place]))
    }
}

impl fmt::Debug for SubjectIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectIndex").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// D11: a tag depends on the name and on the file's key.
    #[test]
    fn a_tag_tells_subjects_and_files_apart() {
        let [one, two] = [1, 2].map(|byte| SubjectIndex::new(Zeroizing::new([byte; 32])));
        assert_eq!(one.tag(b"alice"), one.tag(b"alice"));
        assert_ne!(one.tag(b"alice"), one.tag(b"alic"));
        assert_ne!(one.tag(b"alice"), two.tag(b"alice"));
    }
}
