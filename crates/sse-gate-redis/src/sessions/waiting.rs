//! The sessions of a subject: those that wait for their clients, and all that are not closed.

use std::time::Duration;

use sse_gate_resume::backend::SessionId;
use sse_gate_seal::Tag;

use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{byte_strings, millis};
use crate::server::{Call, Script, Server};

static LIST: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("../alive.lua"),
    include_str!("session.lua"),
    include_str!("back.lua"),
    include_str!("list.lua")
));

/// At most so many of them, the oldest first. One whose node counted as gone, and is back, does not wait any more.
pub(crate) async fn waiting(
    server: &Server,
    keys: &Keyspace,
    node_ttl: Duration,
    subject: Tag,
    limit: usize,
) -> Result<Vec<SessionId>, Fault> {
    let list = list(server, keys, subject, true, limit);
    answer(server, list.number(millis(node_ttl))).await
}

/// At most so many sessions of a subject that are not closed, the oldest first.
pub(crate) async fn open_ones(
    server: &Server,
    keys: &Keyspace,
    subject: Tag,
    limit: usize,
) -> Result<Vec<SessionId>, Fault> {
    answer(server, list(server, keys, subject, false, limit)).await
}

fn list(server: &Server, keys: &Keyspace, subject: Tag, only_waiting: bool, limit: usize) -> Call {
    server
        .call(&LIST, keys)
        .bytes(subject.as_bytes())
        .number(u8::from(only_waiting))
        .number(limit)
}

async fn answer(server: &Server, list: Call) -> Result<Vec<SessionId>, Fault> {
    Ok(ids(byte_strings(server.run(list).await?)?))
}

/// Names of sessions. What can't be one is left out.
pub(super) fn ids(names: impl IntoIterator<Item = Vec<u8>>) -> Vec<SessionId> {
    let names = names.into_iter();
    let ids = names.filter_map(|name| name.try_into().ok().map(SessionId::from_bytes));
    ids.collect()
}
