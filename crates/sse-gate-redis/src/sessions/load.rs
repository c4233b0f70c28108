//! Finding a session.

use std::time::Duration;

use redis::Value;
use sse_gate_core::SteadyTime;
use sse_gate_resume::backend::{SessionKey, StoredSession};

use super::row::FoundRow;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{byte_strings, millis, text};
use crate::server::{Script, Server};
use crate::{ServerErrorKind, reply};

static LOAD: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("../alive.lua"),
    include_str!("session.lua"),
    include_str!("load.lua")
));
static DROP: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("session.lua"),
    include_str!("drop.lua")
));

/// How often a session is looked for if it is lost, and was changed meanwhile.
const ATTEMPTS: usize = 4;

/// Finds a session. One that is lost is dropped, and not found.
pub(crate) async fn load(
    server: &Server,
    keys: &Keyspace,
    node_ttl: Duration,
    key: SessionKey,
) -> Result<Option<StoredSession>, Fault> {
    for _ in 0..ATTEMPTS {
        let Some(found) = find(server, keys, node_ttl, key).await? else {
            return Ok(None);
        };
        if let Some((id, version, record)) = found.row.open(&server.keys) {
            return Ok(Some(StoredSession {
                id,
                record,
                version,
                now: found.now,
                node_left_at: found.node_left_at,
                is_recalled: false,
            }));
        }
        // It is dropped, unless it was changed meanwhile. Then the new one counts.
        drop_lost(server, keys, &found.row).await?;
    }
    Ok(None)
}

struct Found {
    row: FoundRow,
    now: SteadyTime,
    node_left_at: Option<SteadyTime>,
}

async fn find(
    server: &Server,
    keys: &Keyspace,
    node_ttl: Duration,
    key: SessionKey,
) -> Result<Option<Found>, Fault> {
    let (kind, name) = match &key {
        SessionKey::Id(id) => ("id", &id.as_bytes()[..]),
        SessionKey::Token(token) => ("token", &token.as_bytes()[..]),
    };
    let load = server
        .call(&LOAD, keys)
        .bytes(kind.as_bytes())
        .bytes(name)
        .number(millis(node_ttl));
    match server.run(load).await? {
        Value::Nil => Ok(None),
        found => read(found).map(Some),
    }
}

fn read(found: Value) -> Result<Found, Fault> {
    let fields: Result<[Vec<u8>; 12], _> = byte_strings(found)?.try_into();
    let odd = |_| Fault::from(ServerErrorKind::Foreign);
    let [
        id,
        version,
        record,
        token,
        subject,
        attached,
        closed,
        end,
        idle,
        node,
        now,
        left_at,
    ] = fields.map_err(odd)?;
    let row = FoundRow {
        id,
        version: text(version)?,
        record,
        token,
        subject,
        is_attached: attached == b"1",
        is_closed: closed == b"1",
        ends_at: text(end)?,
        idle: text(idle)?,
        node,
    };
    let left_at = text(left_at)?;
    Ok(Found {
        row,
        now: reply::moment(&text(now)?)?,
        node_left_at: match left_at.as_str() {
            "" => None,
            left_at => Some(reply::moment(left_at)?),
        },
    })
}

async fn drop_lost(server: &Server, keys: &Keyspace, lost: &FoundRow) -> Result<(), Fault> {
    let drop_lost = server.call(&DROP, keys).bytes(&lost.id).bytes(&lost.record);
    server.run(drop_lost).await.map(drop)
}
