//! A [`ServerError`] inside of this crate: [`Fault`], made from the errors of others.
//!
//! The conversions are of a private type, so that the public API names no type of the `redis` crate.

use std::error::Error;

use redis::{ErrorKind, RedisError, ServerErrorKind as Reply};
use sse_gate_core::{EntropyError, StoreError};
use sse_gate_resume::error::{
    AppendError, AppendErrorKind, BusError, LimiterError, LogError, LogErrorKind, SessionError,
};

use crate::{ServerError, ServerErrorKind};

/// What a script answers if its state is not the one that this node knows.
pub(crate) const CHANGED: &str = "SSEGATECHANGED";

/// What has gone wrong, with its kind.
#[derive(Clone, Debug)]
pub(crate) struct Fault(ServerError);

impl Fault {
    /// A fault of this kind, and why.
    pub(crate) fn because(
        kind: ServerErrorKind,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self(ServerError::new(kind, Some(source.into())))
    }

    pub(crate) fn kind(&self) -> ServerErrorKind {
        self.0.kind()
    }

    /// Whether the connection is of no use any more.
    pub(crate) fn breaks_connection(&self) -> bool {
        use ServerErrorKind::{Changed, Loading, Replica, Unreachable};
        matches!(self.kind(), Unreachable | Replica | Loading | Changed)
    }
}

impl From<ServerErrorKind> for Fault {
    fn from(kind: ServerErrorKind) -> Self {
        Self(ServerError::new(kind, None))
    }
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        Self::because(kind_of(&error), error)
    }
}

fn kind_of(error: &RedisError) -> ServerErrorKind {
    match (error.code(), error.kind()) {
        (Some(CHANGED), _) => ServerErrorKind::Changed,
        (Some("OOM"), _) => ServerErrorKind::OutOfMemory,
        (Some("NOAUTH" | "WRONGPASS" | "NOPERM"), _) | (_, ErrorKind::AuthenticationFailed) => {
            ServerErrorKind::Denied
        }
        (Some("READONLY"), _) | (_, ErrorKind::Server(Reply::ReadOnly)) => ServerErrorKind::Replica,
        (Some("LOADING"), _) | (_, ErrorKind::Server(Reply::BusyLoading)) => {
            ServerErrorKind::Loading
        }
        (Some("WRONGTYPE"), _) | (_, ErrorKind::UnexpectedReturnType) => ServerErrorKind::Foreign,
        (_, ErrorKind::InvalidClientConfig) => ServerErrorKind::Address,
        (_, ErrorKind::Io) => ServerErrorKind::Unreachable,
        _ => ServerErrorKind::Failed,
    }
}

impl From<EntropyError> for Fault {
    fn from(error: EntropyError) -> Self {
        Self::because(ServerErrorKind::NoEntropy, error)
    }
}

impl From<Fault> for ServerError {
    fn from(fault: Fault) -> Self {
        fault.0
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        fault.0.into()
    }
}

impl From<Fault> for SessionError {
    fn from(fault: Fault) -> Self {
        Self::unavailable(fault.0)
    }
}

impl From<Fault> for LogError {
    fn from(fault: Fault) -> Self {
        match fault.kind() {
            ServerErrorKind::OutOfMemory => LogErrorKind::Full.into(),
            _ => Self::unavailable(fault.0),
        }
    }
}

impl From<Fault> for AppendError {
    fn from(fault: Fault) -> Self {
        match fault.kind() {
            ServerErrorKind::OutOfMemory => AppendErrorKind::NoRoom.into(),
            _ => Self::unavailable(fault.0),
        }
    }
}

impl From<Fault> for LimiterError {
    fn from(fault: Fault) -> Self {
        Self::unavailable(fault.0)
    }
}

impl From<Fault> for BusError {
    fn from(fault: Fault) -> Self {
        Self::new(fault.0)
    }
}

#[cfg(test)]
mod tests {
    use ServerErrorKind as Kind;
    use redis::Value;

    use super::*;

    #[test]
    fn what_a_client_reports_is_named() {
        for (reported, kind) in [
            (ErrorKind::AuthenticationFailed, Kind::Denied),
            (ErrorKind::Server(Reply::ReadOnly), Kind::Replica),
            (ErrorKind::Server(Reply::BusyLoading), Kind::Loading),
            (ErrorKind::UnexpectedReturnType, Kind::Foreign),
            (ErrorKind::InvalidClientConfig, Kind::Address),
            (ErrorKind::Io, Kind::Unreachable),
            (ErrorKind::Client, Kind::Failed),
        ] {
            let fault = Fault::from(RedisError::from((reported, "a test")));
            assert_eq!(fault.kind(), kind, "{reported:?}");
        }
    }

    #[test]
    fn what_a_server_answers_is_named() {
        for (code, kind) in [
            (CHANGED, Kind::Changed),
            ("OOM", Kind::OutOfMemory),
            ("NOAUTH", Kind::Denied),
            ("WRONGPASS", Kind::Denied),
            ("NOPERM", Kind::Denied),
            ("READONLY", Kind::Replica),
            ("LOADING", Kind::Loading),
            ("WRONGTYPE", Kind::Foreign),
            ("ERR", Kind::Failed),
        ] {
            let answer = format!("-{code} a test\r\n");
            let Ok(Value::ServerError(error)) = redis::parse_redis_value(answer.as_bytes()) else {
                panic!("{code} is no error");
            };
            assert_eq!(Fault::from(RedisError::from(error)).kind(), kind, "{code}");
        }
    }

    /// What a caller of a log does about a full memory is what it does about a full log.
    #[test]
    fn a_full_memory_is_no_room() {
        let fault = || Fault::from(Kind::OutOfMemory);
        assert_eq!(LogError::from(fault()).kind(), LogErrorKind::Full);
        assert_eq!(AppendError::from(fault()).kind(), AppendErrorKind::NoRoom);
        let fault = || Fault::from(Kind::Failed);
        assert_eq!(LogError::from(fault()).kind(), LogErrorKind::Unavailable);
        let kind = AppendError::from(fault()).kind();
        assert_eq!(kind, AppendErrorKind::Unavailable);
    }
}
