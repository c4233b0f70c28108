//! The sessions of a subject that wait for their clients.

use sse_gate_resume::backend::SessionId;
use sse_gate_seal::Tag;

use super::keys;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::byte_strings;
use crate::server::{Script, Server};

static LIST: Script = Script::new(include_str!("list.lua"));

/// At most so many of them, the oldest first.
pub(crate) async fn waiting(
    server: &Server,
    keyspace: &Keyspace,
    subject: Tag,
    limit: usize,
) -> Result<Vec<SessionId>, Fault> {
    list(server, keyspace, keys::waiting(keyspace, subject), limit).await
}

/// At most so many sessions of a subject that are not closed, the oldest first.
pub(crate) async fn open_ones(
    server: &Server,
    keyspace: &Keyspace,
    subject: Tag,
    limit: usize,
) -> Result<Vec<SessionId>, Fault> {
    list(server, keyspace, keys::of_subject(keyspace, subject), limit).await
}

async fn list(
    server: &Server,
    keyspace: &Keyspace,
    sessions: Vec<u8>,
    limit: usize,
) -> Result<Vec<SessionId>, Fault> {
    let list = LIST
        .call()
        .key(keyspace.shared("state"))
        .key(sessions)
        .bytes(server.keys.id.as_bytes())
        .number(limit);
    Ok(ids(byte_strings(server.run(list).await?)?))
}

/// Names of sessions. What can't be one is left out.
pub(super) fn ids(names: impl IntoIterator<Item = Vec<u8>>) -> Vec<SessionId> {
    let names = names.into_iter();
    let ids = names.filter_map(|name| name.try_into().ok().map(SessionId::from_bytes));
    ids.collect()
}
