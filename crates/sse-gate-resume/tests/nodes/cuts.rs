//! What one node does to a session is done to its connections on all others. I19

use std::time::Duration;

use pollster::block_on;
use sse_gate_core::Subject;
use sse_gate_resume::backend::SubscriptionEnd;
use sse_gate_resume::{CloseReason, Publisher, StopReason};

use crate::cluster::{Cluster, Moved, alices};
use crate::support::{append, token};

#[test]
fn a_connection_is_cut_when_its_client_comes_back_on_another_node() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let log = alices(&one);
    append(&log, "one");
    let mut client = one.alice(&log);
    assert_eq!(client.read_data(), ["one"]);

    let mut old = client.connection.take().unwrap();
    client.reconnect(&two).unwrap();
    cluster.executor.settle();
    append(&log, "two");
    cluster.executor.settle();
    assert_eq!(client.read_data(), ["two"]);
    let mut buffer = bytes::BytesMut::new();
    old.shut_down(Duration::ZERO, &mut buffer);
    assert_eq!(old.end(), Some(SubscriptionEnd::Replaced));
    assert!(buffer.is_empty());
}

#[test]
fn a_revocation_on_one_node_cuts_connections_on_all() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let log = alices(&one);
    let mut client = one.alice(&log);
    assert!(client.is_served());

    let alice = Subject::new("alice").unwrap();
    assert_eq!(block_on(two.sessions.revoke(&alice)).unwrap(), 1);
    cluster.executor.settle();
    let (events, ended) = client.read();
    assert!(ended);
    assert!(events.iter().any(|(name, _)| name == "sse.close"));
    let end = client.connection.unwrap().end();
    assert_eq!(end, Some(SubscriptionEnd::Closed(CloseReason::Revoked)));
    // The writer is on the other node, and is told.
    assert_eq!(log.stop_reason(), Some(StopReason::Closed));
}

#[test]
fn a_request_to_stop_reaches_the_writer_on_another_node() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let log = alices(&one);
    let _client = one.alice(&log);
    let alice = Subject::new("alice").unwrap();
    assert!(block_on(two.sessions.stop(token(1), &alice)).unwrap());
    cluster.executor.settle();
    assert_eq!(log.stop_reason(), Some(StopReason::Requested));

    // Another subject has no say in it, and a feed has no writer to stop.
    let bob = Subject::new("bob").unwrap();
    assert!(!block_on(two.sessions.stop(token(1), &bob)).unwrap());
}

#[test]
fn a_client_on_another_node_keeps_the_work_going() {
    let cluster = Cluster::new();
    let mut moved = Moved::between(cluster.node(1), cluster.node(2));

    let publisher = Publisher::new(moved.log.clone());
    let executor = cluster.executor.clone();
    let span = Duration::from_secs(30);
    let (sender, deserted) = std::sync::mpsc::channel();
    cluster.executor.spawn(1, async move {
        publisher.deserted(span, |span| executor.sleep(span)).await;
        sender.send(()).unwrap();
    });
    cluster.executor.run_for(Duration::from_secs(300));
    assert!(deserted.try_recv().is_err());
    assert!(moved.client.is_served());

    moved.client.disconnect();
    cluster.executor.run_for(Duration::from_secs(40));
    assert!(deserted.try_recv().is_ok());
}
