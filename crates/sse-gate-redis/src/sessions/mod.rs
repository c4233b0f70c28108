//! What the server does for sessions: one file for each operation, beside its script.
//!
//! A step is two round trips: [`load()`] and [`swap`], which compares the version that was loaded. It is one for a
//! session that this node has changed last: [`Recent`]. The record is sealed, and bound to its session, its token, its
//! subject and its version. Beside it stand the fields that scripts search by, in clear. They are compared with the
//! record when that is opened. If one of them was changed, the session is lost, and dropped.
//!
//! All keys are in the shared slot, as a step changes several of them at once. All scripts begin with `session.lua`,
//! which names them.
//!
//! | key | holds |
//! |---|---|
//! | `s:r:ID` | hash: a session, see below |
//! | `s:k:TOKEN` | the session that a token has opened |
//! | `s:of:TAG` | sorted set: sessions of a subject that are not closed, in the order in which they were opened |
//! | `s:wait:TAG` | sorted set: those of them that wait for their clients |
//! | `s:on:NODE` | sorted set: sessions that are connected to a node |
//! | `s:due` | sorted set: sessions that are not closed, by when their time is up |
//! | `s:closed`, `s:over` | sorted sets: closed sessions, in the order of closing, and by when they may be forgotten |
//! | `s:marks` | sorted set: tags of subjects that were revoked, by epoch |
//!
//! | field of a session | holds |
//! |---|---|
//! | `v`, `r` | version: 0, then a digest of the version before and the record; sealed record |
//! | `t`, `g` | token, tag of the subject |
//! | `o`, `c` | number in the order of opening, and of closing (empty while it is open) |
//! | `y`, `a`, `n` | generation, whether it is connected, and to which node |
//! | `e`, `i`, `b` | when its time is up, for how long it waits, when it was last changed: milliseconds |

mod create;
mod due;
mod load;
mod orphans;
mod recent;
mod revoke;
mod row;
mod swap;
mod waiting;

pub(crate) use create::create;
pub(crate) use due::due;
pub(crate) use load::load;
pub(crate) use orphans::orphan;
pub(crate) use recent::{Recent, RecentSession};
pub(crate) use revoke::{moment, revoke};
pub(crate) use swap::swap;
pub(crate) use waiting::{open_ones, waiting};
