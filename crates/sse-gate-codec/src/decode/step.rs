//! What a chunk can bring: [`Step`].

/// Something that a line of the chunk has completed. The interpreter holds its text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// An event is dispatched.
    Event,
    /// The reconnection time has changed.
    Retry,
    /// A comment has ended.
    Comment,
    /// The event has become too large. The rest of it is skipped.
    TooLarge,
}
