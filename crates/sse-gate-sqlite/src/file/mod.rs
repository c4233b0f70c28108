//! The file: made, locked, checked and brought up to date before anything else is done with it.

mod connection;
mod lock;
mod opened;
mod place;
#[cfg(test)]
mod plans;
mod run;
mod schema;
mod state;

pub(crate) use connection::read_only;
pub(crate) use lock::FileLock;
pub(crate) use opened::{FileKeys, OpenedFile, Recovery};
#[cfg(test)]
pub(crate) use plans::assert_no_walk;
pub(crate) use run::{close_run, set_mark};
#[cfg(test)]
pub(crate) use schema::migrate;
pub(crate) use state::{Name, add, number, set_number};
