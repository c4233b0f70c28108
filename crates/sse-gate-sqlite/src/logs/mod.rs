//! The tables `logs` and `events`: what is done in them, statement by statement.
//!
//! Each file is an operation, or a part of one, in a transaction that others have begun.
//!
//! | operation | statements, if there is room |
//! |---|---|
//! | create | read the count, insert, write the count |
//! | append | read the log and the two sums of bytes, look at its oldest event, insert, update the log and the sums |
//! | read | read the log, and its events in the order of their numbers |
//! | open, claim, end | read the log, update it |
//! | remove | delete the log and its events, write the count and the sums |
//!
//! A log's row is not sealed, because each append changes it. So nothing in it is believed that could do harm:
//! numbers out of range are a log that is lost, an event has its number and its log's name in its seal, and
//! readers get events up to a hole and no further.

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
pub(crate) use find::{claim, end, open, release};
pub(crate) use free::{drop_unused, forget_all, remove};
pub(crate) use read::read;
pub(crate) use recover::recover;
pub(crate) use room::LogCaps;
pub(crate) use row::LogKey;
