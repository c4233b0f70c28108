//! Making a log.

use sse_gate_resume::backend::NewLog;
use sse_gate_resume::error::{LogError, LogErrorKind};

use super::key::{self, LogKey};
use super::{count, keep};
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::handle::Shared;
use crate::reply::{millis, read};
use crate::server::{Script, Server};

static CREATE: Script = Script::new(concat!(include_str!("log.lua"), include_str!("create.lua")));

/// Makes an empty log, and counts it in. The inner result says whether the store refuses it.
///
/// It is counted first: then it may be counted and not there, which heals when its time is up.
pub(crate) async fn create(
    server: &Server,
    shared: &Shared,
    max_logs: usize,
    log: &NewLog,
) -> Result<Result<(), LogError>, Fault> {
    let key = LogKey::of(server, &log.id);
    let keys = shared.link.keyspace();
    let life = keep::life(log.limits.max_age());
    let reserve = count::reserve(server, keys, &key.name, life, max_logs).await?;
    if reserve == count::Reserved::Full {
        return Ok(Err(LogErrorKind::Full.into()));
    }
    let made = make(server, shared, &key, log, life).await;
    // A log that exists stays counted, and so does one that may have been made: the answer was lost.
    let is_refused = match &made {
        Ok(made) => made.as_ref().is_err_and(|kind| *kind == LogErrorKind::Full),
        Err(fault) => !fault.breaks_connection(),
    };
    if is_refused && reserve == count::Reserved::New {
        count::leave(server, keys, &key.name).await?;
    }
    Ok(made?.map_err(LogError::from))
}

async fn make(
    server: &Server,
    shared: &Shared,
    key: &LogKey,
    log: &NewLog,
    life: u64,
) -> Result<Result<(), LogErrorKind>, Fault> {
    let node = shared.node.to_bytes();
    let writer: &[u8] = if log.has_one_writer { &node } else { &[] };
    let limits = log.limits;
    let make = key::call(&CREATE, shared.link.keyspace(), &key.name)
        .bytes(b"")
        .bytes(&key.epoch.to_bytes())
        .bytes(writer)
        .number(exact(limits.max_events()))
        .number(exact(limits.max_bytes()))
        .number(millis(limits.max_age()))
        .number(life)
        .bytes(server.known_run());
    let outcome: String = read(server.run(make).await?)?;
    match outcome.as_str() {
        "created" => Ok(Ok(())),
        "exists" => Ok(Err(LogErrorKind::Exists)),
        "full" => Ok(Err(LogErrorKind::Full)),
        _ => Err(ServerErrorKind::Failed.into()),
    }
}

/// A limit that is exact in Lua.
fn exact(limit: usize) -> u64 {
    u64::try_from(limit).map_or(MAX, |limit| limit.min(MAX))
}

/// No log has so many events or bytes.
const MAX: u64 = 1 << 52;
