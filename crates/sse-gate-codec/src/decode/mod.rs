//! The decoder: from bytes to events, as the HTML standard says, §9.2.5 and §9.2.6.
//!
//! | from | to | where |
//! |---|---|---|
//! | bytes in chunks | text, in pieces | `utf8`, over the two kinds of `chunk` |
//! | text | lines | `reader` walks over them, from end to end |
//! | a line | a field | `line` |
//! | fields | an event | `block`, whose texts are `slot`s over `buffer`s, and the `last_id` |
//! | an event | what callers get | `feed` and `message`, or `shared` |
//! | the end of the stream | what is discarded there | `incomplete` |
//!
//! The `reader` has two ways for a line: one that stands in one piece in the chunk is taken as it
//! stands there; one that does not is put together in the block's `line` first.

mod block;
mod buffer;
mod chunk;
mod decoder;
mod feed;
mod frame;
mod incomplete;
mod last_id;
mod line;
mod message;
mod reader;
mod shared;
mod slot;
mod too_large;
mod utf8;

pub use decoder::Decoder;
pub use feed::Feed;
pub use frame::Frame;
pub use incomplete::Incomplete;
pub use message::Message;
#[cfg(feature = "stream")]
pub(crate) use shared::SharedReader;
pub use shared::{SharedFeed, SharedMessage};
pub use too_large::TooLarge;
