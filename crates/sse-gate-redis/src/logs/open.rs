//! Finding a log.

use redis::Value;
use sse_gate_resume::backend::{Bounds, LogEnd, LogEpoch, LogName, NodeId, StoredLog};

use super::{count, key};
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::handle::Shared;
use crate::nodes;
use crate::reply::read;
use crate::server::{Script, Server};

static OPEN: Script = Script::new(concat!(
    include_str!("log.lua"),
    include_str!("room.lua"),
    include_str!("open.lua")
));

type Found = (Vec<u8>, Vec<u8>, u8, u64, u64, u64);

/// Finds the log of a name. A log whose numbers make no sense is not found.
pub(crate) async fn open(
    server: &Server,
    shared: &Shared,
    name: &LogName,
) -> Result<Option<StoredLog>, Fault> {
    let keys = shared.link.keyspace();
    let name = key::tag(server, name);
    let open = key::call(&OPEN, keys, &name)
        .bytes(b"")
        .number(server.keys.sealer.overhead());
    let answer = server.run(open).await?;
    if answer == Value::Nil {
        return Ok(None);
    }
    let (epoch, writer, ended, first, last, life): Found = read(answer)?;
    count::keep(server, keys, &[(name, life)]).await;
    let epoch = epoch.try_into().map_err(|_| ServerErrorKind::Foreign)?;
    let end = end_of(ended);
    Ok(Some(StoredLog {
        epoch: LogEpoch::from_bytes(epoch),
        bounds: Bounds { first, last, end },
        is_orphaned: end.is_none() && is_gone(server, shared, &writer).await?,
    }))
}

/// Whether a log's writer is another node, which is gone. The nodes are asked for only if it is another one.
pub(super) async fn is_gone(
    server: &Server,
    shared: &Shared,
    writer: &[u8],
) -> Result<bool, Fault> {
    match <[u8; 8]>::try_from(writer).map(NodeId::from_bytes) {
        Ok(writer) if writer != shared.node => nodes::is_gone(server, shared, writer).await,
        _ => Ok(false),
    }
}

/// How a log ended, as it is kept.
pub(super) fn end_of(code: u8) -> Option<LogEnd> {
    match code {
        0 => None,
        1 => Some(LogEnd::Complete),
        _ => Some(LogEnd::Failed),
    }
}
