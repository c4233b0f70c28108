//! Marks of withdrawals may be lost, with all data or with the last of it. C20

use sse_gate_core::{GrantRequest, Subject};
use sse_gate_redis_server::RedisServer;

use crate::stage::{Gate, feed, gate, issue, redeem, until_it_works};

/// E1, C20: all data is lost while nodes run. Tokens are gone, and others can be had. A caller who was authenticated
/// before, and may have signed out meanwhile, has to come back.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_flush_the_nodes_go_on() {
    let server = RedisServer::start();
    let (one, two) = (gate(&server).await, gate(&server).await);
    for round in 0..3 {
        sign_others_out(&one).await;
        let before = one.epoch().await.expect("it works");
        let issued = issue(&one).await.expect("it works");
        let time = micros(&server);
        server.cli(&["FLUSHALL"]);
        for _ in 0..2 {
            let dragged = one.issue(request().with_epoch(before)).await;
            assert!(dragged.is_err(), "round {round}: a mark may be lost");
            sign_others_out(&one).await;
        }
        let epoch = one.epoch().await.expect("it works").as_u64();
        assert!(epoch > time, "no epoch comes twice: {epoch}, {time}");
        assert!(redeem(&two, &issued).await.is_err());
        until_it_works(&one).await;
        let issued = issue(&one).await.expect("it works again");
        redeem(&two, &issued)
            .await
            .expect("both nodes have the new state");
    }
}

/// C20: a server that is started again with what is on its disk may have lost marks of those who have signed out. A
/// connection that breaks loses nothing.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_a_caller_has_to_come_back() {
    let settings = [
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ];
    let mut server = RedisServer::start_with(&settings);
    let gate = gate(&server).await;
    // The second one is of a server whose clock was ahead.
    for epoch in ["0", "5000000000000000"] {
        server.cli(&["HSET", "{sse-gate}:state", "t.epoch", epoch, "t.floor", "0"]);
        let before = gate.epoch().await.expect("it works");
        server.cli(&["CLIENT", "KILL", "TYPE", "normal"]);
        until_it_works(&gate).await;
        let issued = gate.issue(request().with_epoch(before)).await;
        assert!(issued.is_ok(), "the server has lost nothing: {issued:?}");
        server.restart();
        until_it_works(&gate).await;
        for _ in 0..2 {
            let dragged = gate.issue(request().with_epoch(before)).await;
            assert!(dragged.is_err(), "{epoch}: a mark may be lost");
            sign_others_out(&gate).await;
        }
    }
}

fn request() -> GrantRequest {
    GrantRequest::new(Subject::new("alice").expect("it is short"), feed())
}

/// Some epochs go by.
async fn sign_others_out(gate: &Gate) {
    let bob = Subject::new("bob").expect("it is short");
    for _ in 0..3 {
        gate.withdraw_all(&bob).await.expect("it works");
    }
}

/// The time of the server, in microseconds.
fn micros(server: &RedisServer) -> u64 {
    let time = server.cli(&["EVAL", "return redis.call('TIME')", "0"]);
    let parts: Vec<u64> = time.lines().filter_map(|part| part.parse().ok()).collect();
    parts[0] * 1_000_000 + parts[1]
}
