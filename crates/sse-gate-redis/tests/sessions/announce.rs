//! What is announced of sessions, beside what the laws say.

use sse_gate_redis_server::RedisServer;
use sse_gate_resume::backend::{Bus, Notice};

use crate::stage::{
    NODE_TTL, PATIENCE, change, connect, id, load, node_of, open_long, release, reopen,
};

/// A notice is a message to each node, so a step that cuts no connection is not announced.
#[tokio::test(flavor = "multi_thread")]
async fn only_what_cuts_a_connection_is_announced() {
    let server = RedisServer::start();
    let redis = connect(&server, NODE_TTL).await;
    let store = node_of(&redis);
    let bus = sse_gate_redis::RedisBus::new(&redis);
    open_long(&store).await;
    let mut notices = bus.subscribe().await.expect("a channel");
    change(&store, |record, _| record.confirm(1)).await;
    change(&store, release).await;
    change(&store, reopen).await;
    let record = load(&store, 1).await.expect("it is there").record;
    let heard = tokio::time::timeout(PATIENCE, notices.next()).await;
    let first = heard.expect("a notice comes");
    assert_eq!(first, Some(Notice::of_session(id(1), &record)));
}
