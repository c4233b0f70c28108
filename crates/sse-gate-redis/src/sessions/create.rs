//! Creating a session.

use sse_gate_resume::SessionLimits;
use sse_gate_resume::backend::{Record, SessionId};
use sse_gate_resume::error::SessionErrorKind;

use super::RecentSession;
use super::row::SessionRow;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{moment, word};
use crate::server::{Script, Server};

static CREATE: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("session.lua"),
    include_str!("create.lua")
));

/// The version of a session that was never changed.
const NEW: u64 = 0;

/// Keeps a new session, and returns what is there now. The inner result says whether the store refuses it.
pub(crate) async fn create(
    server: &Server,
    keys: &Keyspace,
    limits: SessionLimits,
    id: SessionId,
    record: &Record,
) -> Result<Result<RecentSession, SessionErrorKind>, Fault> {
    let row = SessionRow::new(id, record, &server.keys);
    let create = server
        .call(&CREATE, keys)
        .bytes(id.as_bytes())
        .bytes(row.token.as_bytes())
        .bytes(row.subject.as_bytes())
        .number(record.binding().arrival_epoch.as_u64())
        .bytes(&row.seal(&server.keys, NEW, record)?)
        .number(row.generation)
        .number(u8::from(row.is_attached))
        .number(row.ends_at)
        .number(row.idle)
        .bytes(&row.node)
        .number(limits.max_per_subject())
        .number(limits.max());
    Ok(match word(server.run(create).await?)?.as_str() {
        "revoked" => Err(SessionErrorKind::Revoked),
        "exists" => Err(SessionErrorKind::Exists),
        "subject" => Err(SessionErrorKind::FullForSubject),
        "full" => Err(SessionErrorKind::Full),
        now => Ok(RecentSession::new(NEW, record.clone(), moment(now)?)),
    })
}
