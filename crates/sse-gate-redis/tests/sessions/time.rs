//! Time is the server's.

use sse_gate_redis_server::RedisServer;
use sse_gate_resume::backend::SessionStore;

use crate::stage::node;

/// The time of the server, in milliseconds.
fn millis(server: &RedisServer) -> u64 {
    let time = server.cli(&["EVAL", "return redis.call('TIME')", "0"]);
    let parts: Vec<u64> = time.lines().filter_map(|part| part.parse().ok()).collect();
    parts[0] * 1_000 + parts[1] / 1_000
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moment_is_the_time_of_the_server() {
    let server = RedisServer::start();
    let store = node(&server).await;
    for _ in 0..20 {
        let before = millis(&server);
        let moment = store.moment().await.expect("the server works");
        let now = moment.now.as_millis();
        assert!(before <= now && now <= millis(&server), "{before}, {now}");
    }
}
