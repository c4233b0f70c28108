//! What the server does for tokens: one file for each operation, beside its script.
//!
//! A token's entry is one key, which `SET NX PX` makes and `GETDEL` takes. Beside it, the token is counted:
//!
//! | key | holds |
//! |---|---|
//! | `t:ends` | sorted set: digests, by when they end |
//! | `t:owners` | hash: digest → its subject's tag, and the bytes of its payload |
//! | `t:of:TAG` | sorted set: digests of a subject, by when they end |
//! | `t:payloads` | hash: tag → bytes of the subject's payloads; the empty field holds those of all |
//! | `t:marks` | sorted set: tags of subjects that were withdrawn, by epoch |
//!
//! **An entry is stored first and counted in after it, and it can be taken only while it counts.** A withdrawal that
//! comes before the count is seen by it, and one that comes after it finds the token in the list, and its entry in
//! place. So a token that is refused opens nothing, even before it is removed again.

mod counts;
mod insert;
mod take;
mod value;
mod withdraw;

pub(crate) use insert::insert;
pub(crate) use take::take;
pub(crate) use withdraw::{epoch, withdraw};
