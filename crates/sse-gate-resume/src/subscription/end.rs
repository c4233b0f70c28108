//! What a connection has written, and why there is no more: [`Written`] and [`SubscriptionEnd`].

use crate::session::CloseReason;

/// Why a [`Subscription`](crate::Subscription) has nothing more to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubscriptionEnd {
    /// The log has ended, and the client was written all of it.
    Complete,
    /// The log's writer stopped before it had finished.
    Failed,
    /// The client was behind for too long: see [`SlowPolicy`](crate::SlowPolicy).
    TooSlow,
    /// The store of the log can't be asked for what the client misses. The client comes back.
    LogUnavailable,
    /// Another connection has taken its place, or may have: the store did not answer.
    Replaced,
    /// The one writer of its log, on another node, is gone with that node. The client comes back, and the
    /// handler decides whether the work is done again or has failed.
    WriterGone,
    /// Its session was closed.
    Closed(CloseReason),
    /// The server stops, and the client was told to come back.
    ShutDown,
}

/// What [`Subscription::poll_write`](crate::Subscription::poll_write) has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It wrote something. There may be more to write.
    More,
    /// It wrote the last bytes, or none. There will be no more.
    Last,
}
