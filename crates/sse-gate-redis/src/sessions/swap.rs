//! Changing a session, if it is still the one that was loaded.

use redis::Value;
use sse_gate_resume::backend::{Notice, Record, SessionId};

use super::row::SessionRow;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::server::{Script, Server};

static SWAP: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("session.lua"),
    include_str!("swap.lua")
));

/// Puts a record in the place of the one of this version. Returns whether it did.
pub(crate) async fn swap(
    server: &Server,
    keys: &Keyspace,
    id: SessionId,
    version: u64,
    record: &Record,
) -> Result<bool, Fault> {
    let row = SessionRow::new(id, record, &server.keys);
    let swap = server
        .call(&SWAP, keys)
        .bytes(id.as_bytes())
        .number(version)
        .bytes(&row.seal(&server.keys, version.saturating_add(1), record)?)
        .number(row.generation)
        .number(u8::from(row.is_attached))
        .number(u8::from(row.is_closed))
        .number(row.ends_at)
        .bytes(&row.node)
        .bytes(&keys.bus())
        .bytes(&Notice::of_session(id, record).to_bytes());
    Ok(server.run(swap).await? == Value::Int(1))
}
