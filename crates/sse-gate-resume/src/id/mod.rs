//! Resume ids: how they are built and checked, here and nowhere else.
//!
//! ```text
//! sser1.<kid>.<sid>.<g>.<tag>.<seq>
//! ```
//!
//! | part | what | characters |
//! |---|---|---|
//! | `kid` | which server key made it | 1 of `0-9A-Za-z` |
//! | `sid` | the session, 16 random bytes in base64url | 22 |
//! | `g` | the generation: which connection of the session got it | 1 to 6, base 36 |
//! | `tag` | the first 16 bytes of an HMAC-SHA256 in base64url | 22 |
//! | `seq` | the event that the client had last | 1 to 13, base 36 |
//!
//! That is 74 bytes at most, all of them safe in a header that needs no preflight. Each number has
//! one spelling, so a credential has one spelling.
//!
//! The tag is under a key of the session's own, which HKDF-SHA256 (RFC 5869) derives from the
//! server's key and 32 random bytes in the session's record. To forge an id, one needs both. The tag
//! covers the version, kid, sid and generation, the epoch of the log, the resource and the subject,
//! each behind its length. It does not cover the sequence. The holder of an id may change that, and
//! gains nothing: a session has no right to events before its first one, and there are none behind
//! the last one.

mod base36;
mod keys;
mod prefix;
mod session_id;
mod tag;
mod text;

pub use keys::{InvalidKid, ResumeKey, ResumeKeys};
pub(crate) use prefix::IdPrefix;
pub use session_id::SessionId;
pub(crate) use tag::{Tag, TagContext};
pub use text::ResumeId;

/// What every resume id begins with. No token does.
pub(crate) const SCHEME: &str = "sser1.";

/// The last generation that has a place in an id: six digits in base 36, more than two thousand
/// million connections.
pub(crate) const MAX_GENERATION: u64 = 36_u64.pow(6) - 1;
