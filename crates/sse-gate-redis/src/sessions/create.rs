//! Creating a session.

use sse_gate_resume::SessionLimits;
use sse_gate_resume::backend::{Record, SessionId};
use sse_gate_resume::error::SessionErrorKind;

use super::row::SessionRow;
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::word;
use crate::server::{Script, Server};

static CREATE: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("session.lua"),
    include_str!("create.lua")
));

/// Keeps a new session. The inner result says whether the store refuses it.
pub(crate) async fn create(
    server: &Server,
    keys: &Keyspace,
    limits: SessionLimits,
    id: SessionId,
    record: &Record,
) -> Result<Result<(), SessionErrorKind>, Fault> {
    let row = SessionRow::new(id, record, &server.keys);
    let create = server
        .call(&CREATE, keys)
        .bytes(id.as_bytes())
        .bytes(row.token.as_bytes())
        .bytes(row.subject.as_bytes())
        .number(record.binding().arrival_epoch.as_u64())
        .bytes(&row.seal(&server.keys, 0, record)?)
        .number(row.generation)
        .number(u8::from(row.is_attached))
        .number(row.ends_at)
        .number(row.idle)
        .bytes(&row.node)
        .number(limits.max_per_subject())
        .number(limits.max());
    Ok(match word(server.run(create).await?)?.as_str() {
        "created" => Ok(()),
        "revoked" => Err(SessionErrorKind::Revoked),
        "exists" => Err(SessionErrorKind::Exists),
        "subject" => Err(SessionErrorKind::FullForSubject),
        "full" => Err(SessionErrorKind::Full),
        _ => return Err(ServerErrorKind::Failed.into()),
    })
}
