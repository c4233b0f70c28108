//! The sessions of a node that is gone.

use std::time::Duration;

use redis::Value;

use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::millis;
use crate::server::{Script, Server};

static ORPHAN: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("../alive.lua"),
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

#[cfg(test)]
mod tests {
    use sse_gate_core::{Entropy, EntropyError};
    use sse_gate_redis_server::RedisServer;

    use super::*;
    use crate::{Redis, RedisOptions};

    /// Gives each node the same name.
    #[derive(Debug)]
    struct Fixed;

    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
            bytes.fill(b'n');
            Ok(())
        }
    }

    /// A node that was gone may be back before its sessions are looked for.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_node_that_is_back_keeps_its_sessions() {
        const NODE: &str = "nnnnnnnn";
        const NODE_TTL: Duration = Duration::from_secs(60);

        let server = RedisServer::start();
        let options = RedisOptions::unsealed()
            .with_entropy(Fixed)
            .with_timeout(Duration::from_secs(5))
            .with_node_ttl(NODE_TTL);
        let redis = Redis::connect(&server.url(), options).await.unwrap();
        let link = &redis.shared().link;
        let own = format!("{{sse-gate}}:s:on:{NODE}");
        server.cli(&["ZADD", &own, "1", "0123456789abcdef"]);
        let connected = link.server().await.unwrap();
        // Another one is alive, so the server is not what was away.
        server.cli(&["ZADD", "{sse-gate}:nodes", "9007199254740992", "another."]);
        for (seen, left) in [(None, "1"), (Some("1"), "0")] {
            if let Some(seen) = seen {
                server.cli(&["ZADD", "{sse-gate}:nodes", seen, NODE]);
            }
            let keys = link.keyspace();
            let orphaned = orphan(&connected, keys, NODE_TTL, NODE.as_bytes()).await;
            orphaned.unwrap();
            assert_eq!(server.cli(&["ZCARD", &own]), left, "last seen at {seen:?}");
        }
    }
}
