//! Sessions: streams in progress, and the one step that lets a client go on with one.
//!
//! A session has one [`Record`]. Its rights depend on its *generation*: each connection gets ids of
//! a generation of its own, and only the ids of the last one count. A client that comes back shows
//! one, the generation moves on, and the connection before is cut.
//!
//! The client may not have got the answer, though. So for a short while, the ids of the generation
//! before count, too, a set number of times. An older id is a copy of one that was used already, and
//! the session is closed: see [`Record::redeem`].

mod binding;
mod delivered;
mod epoch;
mod error;
mod grace;
mod node_id;
mod outcome;
mod policy;
mod record;
mod record_bytes;
mod shown_id;
mod takeovers;

pub use binding::Binding;
pub use delivered::Delivered;
pub use epoch::SessionEpoch;
pub use error::{SessionError, SessionErrorKind};
pub use node_id::NodeId;
pub use outcome::{CloseReason, GoneReason, InvalidIdReason, Outcome};
pub use policy::ResumePolicy;
pub use record::Record;
pub use record_bytes::CorruptRecord;
pub(crate) use record_bytes::{close_code, end_code, read_closed, read_log_end};
pub use shown_id::ShownId;
