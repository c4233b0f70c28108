//! What a stream brings: [`Frame`].

use alloc::string::String;
use core::time::Duration;

/// One thing that a stream brings, in the order in which it comes.
///
/// There are no others in the format, so a `match` may name all three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<M, C = String> {
    /// An event: a [`Message`](crate::Message), or a [`SharedMessage`](crate::SharedMessage).
    Event(M),
    /// The time to wait before a reconnection, from now on.
    ///
    /// Any number of milliseconds that a stream names, up to what a `u64` holds: a client wants a
    /// bound of its own. It comes as soon as its line has ended, before the event in whose block it
    /// stands, and even if there is no event in it.
    Retry(Duration),
    /// The text of a comment: all behind its colon. Only if [asked
    /// for](crate::Decoder::with_comments).
    Comment(C),
}
