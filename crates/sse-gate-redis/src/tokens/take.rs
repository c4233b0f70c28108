//! Taking an entry.

use redis::Value;
use sse_gate_core::{Entry, StoreError, TokenKey};

use super::counts::leave;
use super::value;
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::number;
use crate::server::{Server, Step};

/// Takes the entry, and counts it out. An entry that does not count is refused: its subject was withdrawn before it
/// was counted in, or it was never let in.
pub(crate) async fn take(
    server: &Server,
    keys: &Keyspace,
    token: &TokenKey,
) -> Result<Result<Option<Entry>, StoreError>, Fault> {
    let mut get = redis::cmd("GETDEL");
    get.arg(keys.token(token.as_bytes()));
    let leave = leave(keys, [token]);
    let [taken, counted] = server.run_all([Step::from(get), Step::from(leave)]).await?;
    match (taken?, number(counted?)?) {
        (Value::Nil, _) | (Value::BulkString(_), 0) => Ok(Ok(None)),
        (Value::BulkString(found), _) => {
            Ok(value::open(&server.keys.sealer, token, server.run, &found))
        }
        _ => Err(ServerErrorKind::Foreign.into()),
    }
}
