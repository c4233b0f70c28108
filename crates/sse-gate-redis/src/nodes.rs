//! Signs of life: each node gives one every quarter of the time after which it counts as gone.
//!
//! A server that is away for longer than that hears of no node. Then no node counts as gone: not before the first node is
//! back, and not before the others have had their time since then.

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
    include_str!("alive.lua"),
    include_str!("nodes.lua")
));
static GONE: Script = Script::new(concat!(
    include_str!("server/shared.lua"),
    include_str!("alive.lua"),
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

/// Whether a node is gone: it has given no sign of life for as long as that, and the server was there to hear it.
pub(crate) async fn is_gone(server: &Server, shared: &Shared, node: NodeId) -> Result<bool, Fault> {
    let keys = shared.link.keyspace();
    let gone = server
        .call(&GONE, keys)
        .bytes(&node.to_bytes())
        .number(millis(shared.link.options().node_ttl));
    Ok(number(server.run(gone).await?)? > 0)
}

#[cfg(test)]
mod tests {
    use sse_gate_redis_server::RedisServer;

    use super::*;
    use crate::{Redis, RedisOptions};

    /// Nodes give signs of life so seldom that none comes in between.
    const NODE_TTL: Duration = Duration::from_secs(120);

    async fn connect(server: &RedisServer) -> Redis {
        let options = RedisOptions::unsealed()
            .with_timeout(Duration::from_secs(5))
            .with_node_ttl(NODE_TTL);
        let redis = Redis::connect(&server.url(), options).await;
        redis.expect("it is fit")
    }

    /// E1, I19: while the server is away, no node can give a sign of life. So that time is not counted, neither before nor
    /// after the first node is back. A node that does not come back is gone after its time.
    #[tokio::test(flavor = "multi_thread")]
    async fn no_node_is_gone_because_the_server_was() {
        let server = RedisServer::start();
        let (back, missing) = (connect(&server).await, connect(&server).await);
        let back = back.shared();
        let link = &back.link;
        let connected = link.server().await.expect("it is fit");
        let is_missing = async || {
            let node = missing.shared().node;
            is_gone(&connected, back, node).await.expect("it works")
        };
        let heard = async || beat(back).await.expect("it works");
        assert!(heard().await.is_empty());

        let away = "for _, node in ipairs(redis.call('ZRANGE', '{sse-gate}:nodes', 0, -1)) do
              redis.call('ZINCRBY', '{sse-gate}:nodes', ARGV[1], node)
            end
            return 'away'";
        assert_eq!(server.cli(&["EVAL", away, "0", "-130000"]), "away");
        assert!(!is_missing().await);
        assert!(heard().await.is_empty());
        assert!(!is_missing().await, "another node was back first");
        assert!(heard().await.is_empty());
        assert!(!is_missing().await);

        // The server's clock is set back, and by so much that no node has been seen since.
        let since = |by: &str| server.cli(&["HINCRBY", "{sse-gate}:state", "n.since", by]);
        since("1000000");
        assert!(is_missing().await);
        assert_eq!(heard().await, [missing.shared().node.to_bytes()]);
        since("-1000000");
        assert!(!is_missing().await);
        // Time goes on.
        since("-121000");
        assert!(is_missing().await);
        assert_eq!(heard().await, [missing.shared().node.to_bytes()]);
    }
}
