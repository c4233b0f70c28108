//! Taking over a log whose writer is gone.

use sse_gate_resume::backend::LogId;

use super::key::LogKey;
use super::open::is_gone;
use crate::fault::Fault;
use crate::handle::Shared;
use crate::reply::read;
use crate::server::{Call, Script, Server};

static CLAIM: Script = Script::new(concat!(include_str!("log.lua"), include_str!("claim.lua")));

/// Makes this node the writer of a log that is orphaned. Returns whether it is.
pub(crate) async fn claim(server: &Server, shared: &Shared, log: &LogId) -> Result<bool, Fault> {
    let key = LogKey::of(server, log);
    let claim = |gone: &[u8]| {
        key.call(&CLAIM, shared.link.keyspace())
            .bytes(&shared.node.to_bytes())
            .bytes(gone)
    };
    Ok(instead_of_the_gone(server, shared, claim).await? == "done")
}

/// Does what only the writer of a log may do. If the writer is another node, it is done in its place if that node is
/// gone, and if no third node was faster. Returns what became of it: `done`, `other` if another node writes it, or `none`.
///
/// The script gets the node that is gone, or nothing. It answers that, and the writer if that is another.
pub(super) async fn instead_of_the_gone(
    server: &Server,
    shared: &Shared,
    call: impl Fn(&[u8]) -> Call,
) -> Result<String, Fault> {
    let (mut outcome, writer): (String, Vec<u8>) = read(server.run(call(b"")).await?)?;
    if outcome == "other" && is_gone(server, shared, &writer).await? {
        (outcome, _) = read::<(String, Vec<u8>)>(server.run(call(&writer)).await?)?;
    }
    Ok(outcome)
}
