//! Nodes that are killed in the middle of everything, and started again.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use sse_gate_tests::eventually;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::follower::{Answer, Follower};
use crate::nodes::{COUNT, Nodes};
use crate::publisher::Publisher;

/// How long the place of a stream is in use after its node died: `StreamLimits::ttl` of the demo.
const PLACE_TTL: Duration = Duration::from_secs(30);

/// Follows until it has this number, and stays at a node as long as that serves it. It asks the nodes in
/// turn.
async fn follow(
    mut follower: Follower,
    nodes: [SocketAddr; COUNT],
    first: usize,
    mut last: watch::Receiver<Option<u64>>,
) -> (Follower, usize) {
    let mut turn = first;
    let mut next = || {
        turn += 1;
        nodes[turn % COUNT]
    };
    let mut connections = 1;
    let mut stream = follower.open(&mut next).await;
    loop {
        let is_open = tokio::select! {
            is_open = follower.read(&mut stream) => is_open,
            _ = last.changed() => true,
        };
        if last
            .borrow()
            .is_some_and(|last| follower.got.last() == Some(&last))
        {
            return (follower, connections);
        }
        if !is_open {
            stream = follower.open(&mut next).await;
            connections += 1;
        }
    }
}

/// E12, I19: each node is killed in turn while clients follow a topic at all of them, and is started again.
/// The clients go on at other nodes, and get every event once.
#[tokio::test]
async fn clients_of_a_killed_node_go_on_at_others() {
    let mut nodes = Nodes::start(|setup| setup).await;
    let addrs = nodes.addrs();
    let mut followers = Vec::new();
    for number in 0..2 * COUNT {
        let mut follower = Follower::of("alice", nodes.node(number % COUNT)).await;
        let mut stream = follower.open(|| addrs[(number + 1) % COUNT]).await;
        assert!(follower.read(&mut stream).await, "sse.open");
        followers.push(follower);
    }
    let lasts: Vec<_> = followers.iter().map(Follower::last).collect();
    let publishing = Publisher::new(&addrs).start(lasts.clone());
    let (tell, told) = watch::channel(None);
    let following = followers.into_iter().zip(0..);
    let following = following
        .map(|(follower, first)| tokio::spawn(follow(follower, addrs, first, told.clone())));
    let following: Vec<_> = following.collect();
    let progress = async |events: u64| {
        let before: Vec<_> = lasts
            .iter()
            .map(|last| last.load(Ordering::Relaxed))
            .collect();
        eventually("all clients get more events", async || {
            let now = lasts.iter().map(|last| last.load(Ordering::Relaxed));
            now.zip(&before).all(|(now, before)| now >= before + events)
        })
        .await;
    };
    for index in 0..COUNT {
        progress(20).await;
        nodes.kill(index);
        progress(20).await;
        nodes.start_again(index).await;
    }
    let mut publisher = publishing.stop().await;
    tell.send_replace(Some(publisher.publish(1).await));
    let mut all = 0;
    for done in join_all(following).await {
        let (follower, connections) = done.expect("it follows");
        publisher.assert_all_in(&follower.got);
        all += connections;
    }
    println!(
        "{COUNT} kills, {all} connections, {} events",
        publisher.count()
    );
    assert!(
        all >= 3 * COUNT,
        "nobody was at a node that was killed: {all}"
    );
}

/// G8, I19: the places of a killed node are in use for 30 s, and then they are free by themselves.
#[tokio::test]
async fn the_places_of_a_killed_node_are_free_again_in_time() {
    let mut nodes = Nodes::start(|setup| setup.arg("streams", 6)).await;
    let addrs = nodes.addrs();
    let mut streams = Vec::new();
    for (user, node) in [("alice", 0), ("bob", 1)] {
        for _ in 0..3 {
            let mut follower = Follower::of(user, nodes.node(node)).await;
            streams.push(follower.open(|| addrs[node]).await);
        }
    }
    let mut carol = Follower::of("carol", nodes.node(2)).await;
    let refused = carol.ask(addrs[2]).await;
    let Answer::Refused(refused) = refused else {
        panic!("there is no place for a seventh stream")
    };
    assert_eq!(refused.status, 503, "{refused:?}");

    nodes.kill(0);
    let killed = Instant::now();
    let waiting = async {
        loop {
            match carol.ask(addrs[2]).await {
                Answer::Stream(stream) => return stream,
                Answer::Refused(response) => assert_eq!(response.status, 503, "{response:?}"),
                _ => panic!("the node is there"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    // The rest is for a machine that is busy.
    let healed = timeout(PLACE_TTL + Duration::from_secs(10), waiting).await;
    assert!(healed.is_ok(), "its places are still in use");
    println!("a place was free {:?} after the kill", killed.elapsed());
    let within = killed.elapsed();
    // Not before: a node that is only slow keeps its places.
    assert!(within > PLACE_TTL / 2, "{within:?}");
}
