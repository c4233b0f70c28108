//! Taking an entry.

use redis::Value;
use sse_gate_core::{Entry, StoreError, TokenKey};

use super::{entry_key, value};
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::server::{Script, Server};

static TAKE: Script = Script::new(include_str!("take.lua"));

/// Takes the entry, and counts it out.
pub(crate) async fn take(
    server: &Server,
    keys: &Keyspace,
    token: &TokenKey,
) -> Result<Result<Option<Entry>, StoreError>, Fault> {
    let take = TAKE
        .call()
        .key(keys.shared("state"))
        .key(keys.shared("t:ends"))
        .key(keys.shared("t:owners"))
        .key(keys.shared("t:payloads"))
        .key(entry_key(keys, token))
        .key(keys.shared("t:of:"))
        .bytes(server.keys.id.as_bytes())
        .bytes(token.as_bytes())
        .bytes(server.run_to_check());
    match server.run(take).await? {
        Value::Nil => Ok(Ok(None)),
        Value::BulkString(found) => Ok(value::open(&server.keys.sealer, token, server.run, &found)),
        _ => Err(ServerErrorKind::Foreign.into()),
    }
}
