//! Signs of life: each node gives one every quarter of the time after which it counts as gone.

use std::sync::{Arc, Weak};
use std::time::Duration;

use sse_gate_resume::backend::NodeId;

use crate::fault::Fault;
use crate::handle::Shared;
use crate::logs;
use crate::reply::{byte_strings, millis, number};
use crate::server::{Script, Server};
use crate::sessions;

static BEAT: Script = Script::new(concat!(
    include_str!("server/shared.lua"),
    include_str!("nodes.lua")
));
static GONE: Script = Script::new(concat!(
    include_str!("server/shared.lua"),
    include_str!("gone.lua")
));

/// Gives the first sign of life, and goes on until the last store of this node is dropped.
pub(crate) async fn begin(shared: &Arc<Shared>) -> Result<(), Fault> {
    beat(shared).await?;
    let every = shared.link.options().node_ttl / 4;
    tokio::spawn(go_on(Arc::downgrade(shared), every));
    tokio::spawn(logs::keep_those_in_use(Arc::downgrade(shared)));
    Ok(())
}

async fn go_on(shared: Weak<Shared>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let Some(shared) = shared.upgrade() else {
            return;
        };
        // A server that can't be reached is asked again the next time. Meanwhile, operations say so.
        if let Ok(gone) = beat(&shared).await {
            // A node that died may have had very many sessions. The next sign of life does not wait for all of them.
            let _ = tokio::time::timeout(every, orphan(&shared, &gone)).await;
        }
    }
}

/// Gives a sign of life. Returns nodes that are gone, and whose sessions may not know it yet.
async fn beat(shared: &Shared) -> Result<Vec<Vec<u8>>, Fault> {
    let (keys, node_ttl) = (shared.link.keyspace(), shared.link.options().node_ttl);
    let beat = |server: Arc<Server>| async move {
        let beat = server
            .call(&BEAT, keys)
            .bytes(&shared.node.to_bytes())
            .number(millis(node_ttl));
        server.check_run().await?;
        byte_strings(server.run(beat).await?)
    };
    shared.link.with(beat).await
}

/// Lets the sessions of nodes that are gone wait.
async fn orphan(shared: &Shared, gone: &[Vec<u8>]) -> Result<(), Fault> {
    let (keys, node_ttl) = (shared.link.keyspace(), shared.link.options().node_ttl);
    let orphan = |server: Arc<Server>| async move {
        for node in gone {
            sessions::orphan(&server, keys, node_ttl, node).await?;
        }
        Ok(())
    };
    shared.link.with(orphan).await
}

/// Whether a node is gone: it has given no sign of life for as long as that.
pub(crate) async fn is_gone(server: &Server, shared: &Shared, node: NodeId) -> Result<bool, Fault> {
    let keys = shared.link.keyspace();
    let gone = server
        .call(&GONE, keys)
        .bytes(&node.to_bytes())
        .number(millis(shared.link.options().node_ttl));
    Ok(number(server.run(gone).await?)? > 0)
}
