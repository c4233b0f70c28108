//! A Redis that is killed under open streams, and started again with what is on its disk.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use sse_gate_tests::EventStream;
use tokio::time::Instant;

use crate::follower::{Answer, Follower};
use crate::nodes::{COUNT, Nodes, readiness};
use crate::publisher::Publisher;

/// When a node that does not hear the others says so: the age of the last probe that counts, the time
/// between two, and some for a machine that is busy.
const PROBE: Duration = Duration::from_secs(15);

/// When clients have gone on after Redis is back, on a machine that is busy.
const BACK: Duration = Duration::from_secs(10);

/// What a client with a session gets of each node while there is no Redis: 200 and `sse.wait`.
async fn is_told_to_wait(client: &mut Follower, nodes: [SocketAddr; COUNT]) {
    for node in nodes {
        for _ in 0..3 {
            assert!(matches!(client.ask(node).await, Answer::Wait));
        }
    }
}

/// What a client with a fresh token gets of each node while there is no Redis: 503.
async fn is_refused(client: &mut Follower, nodes: [SocketAddr; COUNT]) {
    for node in nodes {
        let Answer::Refused(response) = client.ask(node).await else {
            panic!("it can't be let in")
        };
        assert_eq!(response.status, 503, "{response:?}");
        assert!(response.header("retry-after").is_some(), "{response:?}");
    }
}

/// E1, I19: clients with a session are never ended while Redis is away, and go on when it is back. Fresh
/// tokens are refused meanwhile, and clients need new ones after it. Load balancers learn of it.
#[tokio::test]
async fn clients_survive_a_redis_that_is_killed() {
    let mut nodes = Nodes::start(|setup| setup).await;
    let addrs = nodes.addrs();
    let mut clients: Vec<(Follower, EventStream)> = Vec::new();
    for number in 0..2 * COUNT {
        let mut client = Follower::of("alice", nodes.node(number % COUNT)).await;
        let mut stream = client.open(|| addrs[(number + 1) % COUNT]).await;
        assert!(client.read(&mut stream).await, "sse.open");
        clients.push((client, stream));
    }
    let mut publisher = Publisher::new(&addrs);
    let before = publisher.publish(20).await;
    let (mut away, stream) = clients.pop().expect("a client");
    drop(away.read_to(stream, before, || addrs[0]).await);
    let mut fresh = Follower::of("bob", nodes.node(0)).await;

    nodes.redis.kill();
    let killed = Instant::now();
    is_told_to_wait(&mut away, addrs).await;
    is_refused(&mut fresh, addrs).await;
    for node in nodes.running() {
        while readiness(node).await != 503 {
            assert!(
                killed.elapsed() < PROBE,
                "a node still says that it is ready"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    println!("no node was ready {:?} after the kill", killed.elapsed());
    is_told_to_wait(&mut away, addrs).await;
    is_refused(&mut fresh, addrs).await;

    nodes.redis.restart();
    away.gaps = 1;
    for (client, _) in &mut clients {
        client.gaps = 1;
    }
    let back = Instant::now();
    nodes.until_ready().await;
    println!("all nodes were ready {:?} after its return", back.elapsed());
    let stream = away.open(|| addrs[1]).await;
    clients.push((away, stream));
    // A token is good only in the run of Redis in which it was made.
    let refused = fresh.ask_in_time(addrs[2]).await;
    assert!(matches!(refused, Answer::Refused(response) if response.status == 401));
    let mut fresh = Follower::of("bob", nodes.node(0)).await;
    let mut stream = fresh.open(|| addrs[2]).await;
    assert!(fresh.read(&mut stream).await, "sse.open");
    let last = publisher.publish(20).await;
    let reading = clients
        .into_iter()
        .zip(0..)
        .map(async |((mut client, stream), node)| {
            client.read_to(stream, last, || addrs[node % COUNT]).await;
            (client, back.elapsed())
        });
    let mut latest = Duration::ZERO;
    for (client, took) in join_all(reading).await {
        publisher.assert_all_in(&client.got);
        latest = latest.max(took);
    }
    println!("all clients had the last event {latest:?} after its return");
    assert!(latest < BACK, "{latest:?}");
}
