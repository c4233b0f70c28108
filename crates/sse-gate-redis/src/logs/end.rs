//! Ending a log.

use sse_gate_resume::backend::{LogEnd, LogId};

use super::append::notice_head;
use super::claim::instead_of_the_gone;
use super::key::LogKey;
use crate::fault::Fault;
use crate::handle::Shared;
use crate::server::{Script, Server};

static END: Script = Script::new(concat!(include_str!("log.lua"), include_str!("end.lua")));

/// Ends a log, unless it has ended or is gone. Returns false if another node that lives writes it.
pub(crate) async fn end(
    server: &Server,
    shared: &Shared,
    log: &LogId,
    how: LogEnd,
) -> Result<bool, Fault> {
    let key = LogKey::of(server, log);
    let keys = shared.link.keyspace();
    let code = match how {
        LogEnd::Complete => 1,
        _ => 2,
    };
    let end = |gone: &[u8]| {
        key.call(&END, keys)
            .bytes(&shared.node.to_bytes())
            .bytes(gone)
            .number(code)
            .bytes(&keys.bus())
            .bytes(&notice_head(log.epoch))
    };
    Ok(instead_of_the_gone(server, shared, end).await? != "other")
}
