//! The tables `logs` and `events`: what is done in them, statement by statement.
//!
//! Each file is an operation, or a part of one, in a transaction that others have begun.

mod append;
mod create;
mod find;
mod free;
mod opened;
#[cfg(test)]
mod plans;
mod read;
mod recover;
mod room;
mod row;

pub(crate) use append::{Appending, NotAppended, append};
pub(crate) use create::{Newcomer, create};
pub(crate) use find::{claim, end, open};
pub(crate) use free::{drop_unused, forget_all, remove};
pub(crate) use read::read;
pub(crate) use recover::recover;
pub(crate) use room::LogCaps;
pub(crate) use row::LogKey;
