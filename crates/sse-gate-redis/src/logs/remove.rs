//! Freeing a log.

use sse_gate_resume::backend::LogId;

use super::count;
use super::key::LogKey;
use crate::fault::Fault;
use crate::handle::Shared;
use crate::reply::number;
use crate::server::{Script, Server};

static REMOVE: Script = Script::new(include_str!("remove.lua"));

/// Frees a log and its events, and counts it out.
pub(crate) async fn remove(server: &Server, shared: &Shared, log: &LogId) -> Result<(), Fault> {
    let key = LogKey::of(server, log);
    let keys = shared.link.keyspace();
    if number(server.run(key.call(&REMOVE, keys)).await?)? > 0 {
        count::leave(server, keys, &key.name).await?;
    }
    Ok(())
}
