//! Sealing: what stands in the file can't be read or forged without a key.
//!
//! ```text
//!  SealingKey, 32 bytes ──HKDF, salt: the file's random name──▶ cipher of the file ──▶ values
//!                                                                      │
//!  index key of the file, 32 random bytes, kept sealed ◀───────────────┘
//!          └──HMAC of a subject's name──▶ what its rows are found by
//! ```
//!
//! - Nonces are random and have 192 bits, so no count of them must survive a crash.
//! - A value is bound to the table and all other columns of its row: the associated data, [`Row`].
//! - The index key is the check of the sealing keys at the start: if it opens, they are the right ones.
//!   It is sealed anew with the current key at each start, and stays the same for the life of the file.
//! - Callers seal and open on their own threads. The thread that writes only moves bytes.

mod keys;
mod row;
mod sealer;
mod subject;

pub use keys::{SealingKey, SealingKeys};
pub(crate) use row::Row;
pub(crate) use sealer::Sealer;
pub(crate) use subject::{SubjectIndex, SubjectTag};
