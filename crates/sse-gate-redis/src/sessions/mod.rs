//! What the server does for sessions: one file for each operation, beside its script.
//!
//! A step is two round trips: [`load()`] and [`swap`], which compares the version that was loaded. The record is
//! sealed, and bound to its session, its token, its subject and its version. Beside it stand the fields that scripts
//! search by, in clear. They are compared with the record when that is opened: a session of which one was changed is
//! lost, and dropped.

mod create;
mod due;
mod keys;
mod load;
mod orphans;
mod revoke;
mod row;
mod swap;
mod waiting;

pub(crate) use create::create;
pub(crate) use due::due;
pub(crate) use load::load;
pub(crate) use orphans::orphan;
pub(crate) use revoke::{moment, revoke};
pub(crate) use swap::swap;
pub(crate) use waiting::{open_ones, waiting};
