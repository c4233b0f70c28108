//! The decoder: from bytes to messages, by the HTML standard, §9.2.5 and §9.2.6.
//!
//! A file uses only files of the rows above its own; `tests/module_order.rs` checks it.
//!
//! | row | files | what they do |
//! |---|---|---|
//! | 1 | `buffer` | memory for a text that is put together |
//! | 1 | `chunk` | the bytes of a chunk, borrowed or shared |
//! | 1 | `line` | finds the field and the value of a line |
//! | 1 | `step` | the four things that a chunk can bring |
//! | 1 | `frame`, `incomplete`, `too_large` | public answers of the decoder |
//! | 2 | `utf8` | from the bytes of a `chunk` to pieces of text |
//! | 2 | `field_value` | the value of a field, in the chunk or in a `buffer` |
//! | 3 | `last_id` | the last event id, a `field_value` that can be shared |
//! | 4 | `interpreter` | applies the lines of an event, and keeps its `field_value`s |
//! | 5 | `state` | what a decoder keeps from chunk to chunk: `utf8`, `interpreter`, settings |
//! | 5 | `message` | an event as the `interpreter` dispatches it, borrowed |
//! | 5 | `short_message`, `long_message` | the same, to keep: copied, or sharing the chunk |
//! | 6 | `shared_message` | the public type of these two |
//! | 6 | `reader` | walks over the lines of one chunk and changes the `state` |
//! | 7 | `feed`, `shared_feed` | the frames of one chunk, made by a `reader` |
//! | 8 | `decoder` | the public type: settings, and a feed for each chunk |
//!
//! The `reader` has two ways for a line. A line that is whole in the chunk is read where it is.
//! A line that is not is put together in the interpreter's `line` buffer first.

mod buffer;
mod chunk;
mod decoder;
mod feed;
mod field_value;
mod frame;
mod incomplete;
mod interpreter;
mod last_id;
mod line;
mod long_message;
mod message;
mod reader;
mod shared_feed;
mod shared_message;
mod short_message;
mod state;
mod step;
mod too_large;
mod utf8;

pub use decoder::Decoder;
pub use feed::Feed;
pub use frame::Frame;
pub use incomplete::Incomplete;
pub use message::Message;
pub use shared_feed::SharedFeed;
#[cfg(feature = "stream")]
pub(crate) use shared_feed::SharedReader;
pub use shared_message::SharedMessage;
pub use too_large::TooLargeError;
