//! The file: made, locked, checked and brought up to date before anything else is done with it.
//!
//! | step | what can be wrong |
//! |---|---|
//! | lock `-lock` | another process has it |
//! | make the file, if there is none, for its user alone | the folder can't be written to |
//! | read its header: the application, the version | it is no database, another one, or a newer one |
//! | set the write-ahead log | the file system can't have one |
//! | migrate, each version in a transaction | the disk is full |
//! | compare the schema with that of a fresh file, read all pages of a small one | it is damaged, or has triggers |
//! | open the file's index key | the keys are others |
//! | drop what may be wrong after a power cut | |
//! | go on with the file's time, and note that it is open | |
//!
//! A file that was there is not written to before the third step has passed. All from the index key on is
//! one transaction.

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
