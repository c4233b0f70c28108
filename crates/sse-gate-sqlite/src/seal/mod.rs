//! Sealing: what stands in the file can't be read or forged without a key.
//!
//! ```text
//!  SealingKey, 32 bytes ──HKDF, salt: the file's random name──▶ cipher of the file ──▶ values
//!                                                                      │
//!  index key of the file, 32 random bytes, kept sealed ◀───────────────┘
//!          └──HMAC of a subject's name──▶ what its rows are found by
//! ```
//!
//! | value | bound to |
//! |---|---|
//! | a token's entry | the token's digest, its end, its subject's tag, the length of its payload |
//! | a session's record | its id, its token's digest, its subject's tag, its version |
//! | an event | its log's name and epoch, its number |
//! | the index key | that it is the index key |
//!
//! What is not in this table can be changed by someone who can write to the file: times by which rows are
//! searched, counts, and the rows of logs. So they are compared with what is sealed, or believed only as far as they
//! can do no harm.
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
