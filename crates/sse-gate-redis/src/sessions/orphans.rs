//! The sessions of a node that is gone.

use std::time::Duration;

use redis::Value;

use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::millis;
use crate::server::{Script, Server};

static ORPHAN: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("session.lua"),
    include_str!("orphan.lua")
));

/// So many sessions are looked at by one script, so that no other client waits long.
const AT_A_TIME: usize = 64;

/// Lets the sessions of a node wait for their clients, since the node was last seen. A node that is back meanwhile is
/// left alone.
pub(crate) async fn orphan(
    server: &Server,
    keys: &Keyspace,
    node_ttl: Duration,
    node: &[u8],
) -> Result<(), Fault> {
    loop {
        let orphan = server
            .call(&ORPHAN, keys)
            .bytes(node)
            .number(millis(node_ttl))
            .number(AT_A_TIME);
        if server.run(orphan).await? != Value::Int(1) {
            return Ok(());
        }
    }
}
