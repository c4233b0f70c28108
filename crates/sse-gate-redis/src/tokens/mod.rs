//! What the server does for tokens: one file for each operation, beside its script.
//!
//! A token's entry is one key, which `SET NX PX` makes and `GETDEL` takes. Beside it, the same script counts:
//!
//! | key | holds |
//! |---|---|
//! | `t:e:DIGEST` | a token's entry |
//! | `t:ends` | sorted set: digests, by when they end |
//! | `t:owners` | hash: digest → its subject's tag, and the bytes of its payload |
//! | `t:of:TAG` | sorted set: digests of a subject, by when they end |
//! | `t:payloads` | hash: tag → bytes of the subject's payloads; the empty field holds those of all |
//! | `t:marks` | sorted set: tags of subjects that were withdrawn, by epoch |
//!
//! What has ended is counted out by the insertions after it, a few at a time. Sums that are counted are exact, as each
//! script changes them together with what they count. All scripts begin with `token.lua`, which names the keys.

mod insert;
mod take;
mod value;
mod withdraw;

pub(crate) use insert::insert;
pub(crate) use take::take;
pub(crate) use withdraw::{epoch, withdraw};
