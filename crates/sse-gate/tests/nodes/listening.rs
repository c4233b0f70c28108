//! The task that listens to the other nodes: where it starts, and when it ends.

use std::time::Duration;

use http::StatusCode;
use sse_gate::{GateLayer, Resumable};
use tokio::runtime::{Builder, Handle};

use crate::client::Client;
use crate::cluster::{Cluster, route};

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// However many layers and clones share the sessions, there is one subscription, and one task for it.
#[tokio::test(start_paused = true)]
async fn sessions_listen_once_and_until_they_are_gone() {
    let cluster = Cluster::new();
    let node = cluster.node(1).await;
    let settings = Resumable::new(&node.sessions);
    let layers = [(); 3].map(|()| {
        let settings = settings.clone();
        [
            GateLayer::new(&node.gate, route()).resumable(settings),
            GateLayer::new(&node.gate, route()).resumable(&node.sessions.clone()),
        ]
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(tasks(), 1);
    assert_eq!(
        cluster.bus.subscribers(),
        "MemoryBus { subscribers: 1, .. }"
    );

    drop((layers, settings, node));
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert_eq!(tasks(), 0);
}

/// Layers that are made without a runtime listen from the first request on. If that runtime ends, another one
/// takes its place.
#[test]
fn sessions_without_a_runtime_listen_from_the_first_request_on() {
    let cluster = Cluster::new();
    let node = cluster.starting(1);
    for _ in 0..2 {
        assert!(!node.sessions.is_connected());
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut client = Client::new(node.uri("7").await);
            let first = client.connect(&node).await;
            assert_eq!(first, StatusCode::SERVICE_UNAVAILABLE);
            node.until_connected().await;
            assert_eq!(client.connect(&node).await, StatusCode::OK);
            client.read_until("event: sse.open").await;
        });
        drop(runtime);
        cluster.clock.advance(Duration::from_secs(10));
    }
}
