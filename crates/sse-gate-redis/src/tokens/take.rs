//! Taking an entry.

use redis::Value;
use sse_gate_core::{Entry, StoreError, TokenKey};

use super::value;
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::server::{Script, Server};

static TAKE: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("token.lua"),
    include_str!("take.lua")
));

/// Takes the entry, and counts it out.
pub(crate) async fn take(
    server: &Server,
    keys: &Keyspace,
    token: &TokenKey,
) -> Result<Result<Option<Entry>, StoreError>, Fault> {
    let take = server
        .call(&TAKE, keys)
        .bytes(token.as_bytes())
        .bytes(server.run_to_check());
    match server.run(take).await? {
        Value::Nil => Ok(Ok(None)),
        Value::BulkString(found) => Ok(value::open(&server.keys.sealer, token, server.run, &found)),
        _ => Err(ServerErrorKind::Foreign.into()),
    }
}
