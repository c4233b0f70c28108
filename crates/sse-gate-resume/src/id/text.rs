//! A resume id as it is shown: [`ResumeId`].

use std::fmt;

use super::session_id::decode16;
use super::{MAX_GENERATION, SCHEME, SessionId, Tag, base36};

/// A well-spelled resume id. Whether it is a good one, nobody knows yet.
pub struct ResumeId {
    pub(crate) kid: u8,
    pub(crate) session: SessionId,
    pub(crate) generation: u64,
    pub(crate) tag: Tag,
    pub(crate) seq: u64,
}

impl ResumeId {
    /// The longest one, in bytes.
    pub const MAX_LEN: usize = SCHEME.len()
        + "k.".len()
        + SessionId::TEXT_LEN
        + ".gggggg.".len()
        + SessionId::TEXT_LEN
        + ".".len()
        + base36::MAX_DIGITS;

    /// Whether a `Last-Event-ID` claims to be one. Every other text is an application's, or none.
    pub fn is_claimed_by(text: &[u8]) -> bool {
        text.starts_with(SCHEME.as_bytes())
    }

    /// Reads one; `None` for what is spelled otherwise.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > Self::MAX_LEN {
            return None;
        }
        let mut parts = text.strip_prefix(SCHEME)?.split('.');
        let kid = match parts.next()?.as_bytes() {
            [kid] if kid.is_ascii_alphanumeric() => *kid,
            _ => return None,
        };
        let id = Self {
            kid,
            session: SessionId::parse(parts.next()?)?,
            generation: base36::parse(parts.next()?).filter(|own| *own <= MAX_GENERATION)?,
            tag: Tag::from_bytes(decode16(parts.next()?)?),
            seq: base36::parse(parts.next()?)?,
        };
        parts.next().is_none().then_some(id)
    }
}

/// Browsers send a longer `Last-Event-ID` only after a preflight (Fetch §2.2.2, CORS-safelisted
/// request-header).
const _: () = assert!(ResumeId::MAX_LEN == 74 && ResumeId::MAX_LEN <= 128);

impl fmt::Debug for ResumeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumeId")
            .field("session", &self.session)
            .field("generation", &self.generation)
            .field("tag", &"[redacted]")
            .field("seq", &self.seq)
            .finish_non_exhaustive()
    }
}
