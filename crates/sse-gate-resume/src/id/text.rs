//! A resume id as a client shows it: [`ResumeId`].

use std::fmt;

use super::session_id::decode16;
use super::{MAX_GENERATION, SCHEME, SessionId, Tag, base36};

/// A resume id that is spelled correctly. It is not checked yet: anyone can write one.
///
/// A server that gets a `Last-Event-ID` asks first whether it claims to be a resume id. Every other
/// text is an id of an application's own, or of another server.
///
/// ```
/// use sse_gate_resume::backend::ResumeId;
///
/// assert!(!ResumeId::is_claimed_by(b"42"));
/// // It claims to be one, and is none.
/// assert!(ResumeId::is_claimed_by(b"sser1.k.42"));
/// assert!(ResumeId::parse("sser1.k.42").is_none());
/// ```
pub struct ResumeId {
    pub(crate) kid: u8,
    pub(crate) session: SessionId,
    pub(crate) generation: u64,
    pub(crate) tag: Tag,
    pub(crate) seq: u64,
}

impl ResumeId {
    /// The length of the longest one, in bytes: 74.
    pub const MAX_LEN: usize = SCHEME.len()
        + "k.".len()
        + SessionId::TEXT_LEN
        + ".gggggg.".len()
        + SessionId::TEXT_LEN
        + ".".len()
        + base36::MAX_DIGITS;

    /// Whether a `Last-Event-ID` claims to be a resume id.
    pub fn is_claimed_by(text: &[u8]) -> bool {
        text.starts_with(SCHEME.as_bytes())
    }

    /// Reads a resume id. Returns `None` if the text is spelled in any other way.
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
