//! Readers of a topic that come back at another node each time.

use std::net::SocketAddr;

use futures_util::future::join_all;
use sse_gate_tests::engines::Random;

use crate::follower::Follower;
use crate::nodes::{COUNT, Nodes};
use crate::number_from;
use crate::publisher::Publisher;

/// How often the readers are cut off, all together; `SSE_GATE_CUTS` sets another number.
const CUTS: usize = 60;

/// How many readers there are.
const READERS: usize = 3;

/// Reads a few events at one node, is cut off, and comes back at another one, this many times.
async fn read_with_cuts(
    mut reader: Follower,
    nodes: [SocketAddr; COUNT],
    cuts: usize,
    seed: usize,
) -> Follower {
    let mut random = Random::new(seed as u64);
    let mut node = seed % COUNT;
    for _ in 0..cuts {
        node = (node + 1 + random.below(COUNT - 1)) % COUNT;
        let mut stream = reader.open(|| nodes[node]).await;
        // The first one is `sse.open`.
        for _ in 0..=random.below(8) {
            if !reader.read(&mut stream).await {
                // The store was too late for the node. That is one more cut.
                break;
            }
        }
        match random.below(3) {
            0 => drop(stream),
            1 => stream.reset(),
            // The node does not see that the client is gone, and the next one replaces this connection.
            _ => {
                tokio::spawn(async move { stream.rest().await });
            }
        }
    }
    reader
}

/// I5, I17, I19: readers that are cut off, and come back at another node each time, get every event once
/// and in order. The events are published at all nodes.
#[tokio::test]
async fn readers_that_change_nodes_get_every_event_once() {
    let cuts = number_from("SSE_GATE_CUTS", CUTS);
    let nodes = Nodes::start(|setup| setup).await;
    let addrs = nodes.addrs();
    let mut readers = Vec::new();
    for number in 0..READERS {
        let mut reader = Follower::of("alice", nodes.node(number % COUNT)).await;
        let mut stream = reader.open(|| addrs[(number + 1) % COUNT]).await;
        assert!(reader.read(&mut stream).await, "sse.open");
        readers.push(reader);
    }
    let publishing = Publisher::new(&addrs).start(readers.iter().map(Follower::last).collect());
    let reading = readers
        .into_iter()
        .zip(0..)
        .map(|(reader, seed)| read_with_cuts(reader, addrs, cuts.div_ceil(READERS), seed));
    let mut readers = join_all(reading).await;
    let mut publisher = publishing.stop().await;
    let last = publisher.publish(1).await;
    for reader in &mut readers {
        let stream = reader.open(|| addrs[0]).await;
        reader.read_to(stream, last, || addrs[0]).await;
        publisher.assert_all_in(&reader.got);
    }
    println!(
        "{cuts} cuts of {READERS} readers, {} events",
        publisher.count()
    );
}
