//! What the server does for logs: one file for each operation, beside its script.
//!
//! A log is two keys, which are in one slot of a cluster. Their names hold a tag of the log's name.
//!
//! | key | holds |
//! |---|---|
//! | `P:l:{TAG}:m` | hash: the log's epoch, limits, numbers, writer and end, when the two keys expire, and the run of the server |
//! | `P:l:{TAG}:e` | stream: its events, by ids of the form number-milliseconds |
//! | `{P}:l:all` | sorted set: tags of all logs, by when they end if they are not used |
//!
//! **A log and its events are changed by one script**, so a number and its event come together. How many logs there are
//! is counted apart from them, as that key may be on another server: a log is counted in before it is made, and counted
//! out when it is gone. A count that went wrong heals: logs in use are counted in again every few minutes, and what
//! is not used ends.
//!
//! After a failover, the last events of a log may be lost. The numbers that they may have had are left out: the first
//! append in another run of the server goes on far behind them.
//!
//! The writer of a log is fenced: once another node has taken the log over, the script refuses the first one.

mod append;
mod claim;
mod count;
mod create;
mod end;
mod keep;
mod key;
mod open;
mod read;
mod remove;
mod value;

pub(crate) use append::append;
pub(crate) use claim::claim;
pub(crate) use create::create;
pub(crate) use end::end;
pub(crate) use keep::keep_those_in_use;
pub(crate) use open::open;
pub(crate) use read::read;
pub(crate) use remove::remove;
