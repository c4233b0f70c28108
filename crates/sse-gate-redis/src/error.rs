//! Why a server can't be used: [`ServerError`].

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use sse_gate_core::StoreError;

/// A Redis server did not do what it was asked to do, or is not fit to be used.
///
/// ```
/// use sse_gate_redis::{Redis, RedisOptions, ServerErrorKind};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// // Nothing listens at this port.
/// let error = Redis::connect("redis://127.0.0.1:1", RedisOptions::unsealed()).await.unwrap_err();
/// assert_eq!(error.kind(), ServerErrorKind::Unreachable);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ServerError {
    kind: ServerErrorKind,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// The kinds of [`ServerError`].
///
/// At the start, most of them want an operator. Two pass by themselves:
///
/// ```no_run
/// use std::time::Duration;
/// use sse_gate_redis::{Redis, RedisOptions, ServerErrorKind};
///
/// # async fn connect() -> Result<Redis, sse_gate_redis::ServerError> {
/// // Redis is started together with this service, and may need a moment.
/// loop {
///     match Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await {
///         Err(error)
///             if matches!(
///                 error.kind(),
///                 ServerErrorKind::Unreachable | ServerErrorKind::Loading
///             ) =>
///         {
///             tokio::time::sleep(Duration::from_millis(200)).await;
///         }
///         connected => return connected,
///     }
/// }
/// # }
/// ```
///
/// Later, each of them is an [unavailable](sse_gate_core::StoreErrorKind::Unavailable) store, as far as a gate is
/// concerned. It tells its observer which one it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerErrorKind {
    /// The address can't be used: it is malformed, or needs a cargo feature.
    Address,
    /// The server can't be reached, did not answer in time, or has closed the connection.
    Unreachable,
    /// The server refuses the user or the password, or does not let the user run a command.
    Denied,
    /// The server is older than 6.2.
    TooOld,
    /// The server may evict keys when its memory is full: its `maxmemory-policy` is not `noeviction`.
    ///
    /// A server that evicts what it likes may drop the mark of a user who has signed out.
    Evicts,
    /// The server is a replica, or was made one. A replica takes no writes.
    Replica,
    /// The server is loading its data, and will soon answer.
    Loading,
    /// The server's memory is full. What frees memory still works.
    OutOfMemory,
    /// What the server keeps was sealed with other keys, or it is sealed and no keys were given, or the
    /// other way round.
    WrongKeys,
    /// Under the prefix is something that this crate has not written.
    Foreign,
    /// The server has lost its data while an operation was under way, or another one answers now. The
    /// operation was not done.
    Changed,
    /// Too many operations are under way already: see
    /// [`RedisOptions::with_operations`](crate::RedisOptions::with_operations). The operation was not begun.
    Busy,
    /// The random number generator failed.
    NoEntropy,
    /// The server failed in another way. [`source`](Error::source) says how.
    Failed,
}

impl ServerError {
    pub(crate) fn new(kind: ServerErrorKind, source: Option<Box<dyn Error + Send + Sync>>) -> Self {
        let source = source.map(Arc::from);
        Self { kind, source }
    }

    /// What kind of error this is.
    pub fn kind(&self) -> ServerErrorKind {
        self.kind
    }
}

/// A store on the server can't be asked.
impl From<ServerError> for StoreError {
    fn from(error: ServerError) -> Self {
        Self::unavailable(error)
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ServerErrorKind::Address => "address of the Redis server can't be used",
            ServerErrorKind::Unreachable => "Redis server can't be reached",
            ServerErrorKind::Denied => "Redis server denies access",
            ServerErrorKind::TooOld => "Redis server is older than 6.2",
            ServerErrorKind::Evicts => {
                "Redis server may evict keys: set maxmemory-policy noeviction"
            }
            ServerErrorKind::Replica => "Redis server is a replica",
            ServerErrorKind::Loading => "Redis server is loading its data",
            ServerErrorKind::OutOfMemory => "memory of the Redis server is full",
            ServerErrorKind::WrongKeys => "data was not sealed with these keys",
            ServerErrorKind::Foreign => "prefix is used by another program",
            ServerErrorKind::Changed => "Redis server has lost its data, or was replaced",
            ServerErrorKind::Busy => "too many operations are under way",
            ServerErrorKind::NoEntropy => "the random number generator failed",
            ServerErrorKind::Failed => "Redis server failed",
        })
    }
}

impl Error for ServerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_kind_has_a_message_of_its_own() {
        use ServerErrorKind as Kind;

        let kinds = [
            Kind::Address,
            Kind::Unreachable,
            Kind::Denied,
            Kind::TooOld,
            Kind::Evicts,
            Kind::Replica,
            Kind::Loading,
            Kind::OutOfMemory,
            Kind::WrongKeys,
            Kind::Foreign,
            Kind::Changed,
            Kind::Busy,
            Kind::NoEntropy,
            Kind::Failed,
        ];
        let messages = kinds.map(|kind| ServerError::new(kind, None).to_string());
        assert_eq!(messages.iter().collect::<HashSet<_>>().len(), kinds.len());
        assert!(messages.iter().all(|message| message.len() > 10));
    }

    #[test]
    fn the_cause_is_kept() {
        let error = ServerError::new(ServerErrorKind::Failed, Some("it is a test".into()));
        let cause = error.source().map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("it is a test"));
        let without = ServerError::new(ServerErrorKind::Failed, None);
        assert!(without.source().is_none());
    }
}
