//! The sessions whose time is up.

use std::time::Duration;

use sse_gate_resume::backend::Due;

use super::waiting::ids;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{byte_strings, millis};
use crate::server::{Script, Server};

static DUE: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("../alive.lua"),
    include_str!("session.lua"),
    include_str!("back.lua"),
    include_str!("due.lua")
));

/// Lists at most so many that are not closed, and forgets at most so many that are.
pub(crate) async fn due(
    server: &Server,
    keys: &Keyspace,
    node_ttl: Duration,
    limit: usize,
) -> Result<Due, Fault> {
    let due = server
        .call(&DUE, keys)
        .number(limit)
        .number(millis(node_ttl));
    let mut answer = byte_strings(server.run(due).await?)?.into_iter();
    let has_more = answer.next().is_some_and(|more| more == b"1");
    Ok(Due {
        sessions: ids(answer),
        has_more,
    })
}
