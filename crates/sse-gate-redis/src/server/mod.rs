//! The connection to a server, and what all operations on it share.
//!
//! ```text
//!  Link ──▶ Server ──▶ Call of a Script
//!            │
//!            └─ which run of the server it is, and the keys of its state
//! ```
//!
//! - [`Link`] hands out the present [`Server`]. If its connection is broken, the next operation begins another
//!   one, all operations at a time wait for the same, and after a failure nobody tries for a moment.
//! - A [`Server`] is one connection to one run of a server. So an answer is known to come from that run, and from
//!   no replica that was promoted meanwhile. A connection manager that connects anew by itself would hide that.
//! - A [`Call`] runs a script. All scripts are sent by their digests, and whole to a server that does not know them.

mod attach;
mod call;
#[cfg(feature = "cluster")]
mod cluster;
mod link;
mod run;
mod source;
mod state;

pub(crate) use call::{Call, Script};
pub(crate) use link::{Link, Server};
pub(crate) use run::RunId;
pub(crate) use source::Source;
pub(crate) use state::StateKeys;
