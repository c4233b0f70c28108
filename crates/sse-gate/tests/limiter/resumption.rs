//! Clients that come back, on the same node or on another one.

use http::StatusCode;
use tokio::time::sleep;

use crate::cluster::{Cluster, TTL, last_id, until};

/// A client that comes back on another node takes its own place over. When the first node sees that the
/// connection is gone, it does not free the place of the new one.
#[tokio::test(start_paused = true)]
async fn a_late_end_of_the_connection_before_frees_no_place() {
    let cluster = Cluster::new(100, 1);
    let (one, two) = (cluster.resumable_node(), cluster.resumable_node());
    let uri = one.uri_of("alice").await;
    let mut stream = one.get(&uri).await;
    let id = stream.last_id();
    let mut resumed = two.resume(&uri, &id).await;
    assert!(resumed.read().contains("event: sse.open\n"));
    assert_eq!(cluster.alices(), 1, "a session has one place");

    drop(stream);
    until("the late end", || one.limiter.freed() == 1).await;
    assert_eq!(cluster.alices(), 1, "the first node freed the new place");
    assert_eq!(one.open().await.status, StatusCode::TOO_MANY_REQUESTS);
    sleep(2 * TTL).await;
    assert_eq!(cluster.alices(), 1, "the second node does not renew it");
    drop(resumed);
    cluster.until_open(0).await;
}

/// The first node may not see for long that its connection is gone. It renews it no more, and does not
/// take it back.
#[tokio::test(start_paused = true)]
async fn a_connection_that_was_replaced_elsewhere_is_renewed_no_more() {
    let cluster = Cluster::new(100, 1);
    let (one, two) = (cluster.resumable_node(), cluster.resumable_node());
    let uri = one.uri_of("alice").await;
    let mut stream = one.get(&uri).await;
    let id = stream.last_id();
    let mut resumed = two.resume(&uri, &id).await;
    resumed.read();
    sleep(3 * TTL).await;
    assert_eq!(cluster.alices(), 1);
    let (renewed, freed) = (one.limiter.renewed(), one.limiter.freed());
    assert_eq!(
        (renewed, freed),
        (1, 0),
        "it learns at once that it is replaced"
    );
    drop(stream);
    sleep(TTL).await;
    assert_eq!((one.limiter.freed(), cluster.alices()), (0, 1));
    drop(resumed);
    cluster.until_open(0).await;
}

/// On the same node, the connections of a session have one place, too.
#[tokio::test(start_paused = true)]
async fn a_client_that_comes_back_has_one_place_at_its_cap() {
    let cluster = Cluster::new(1, 1);
    let node = cluster.resumable_node();
    let uri = node.uri_of("alice").await;
    let mut stream = node.get(&uri).await;
    for _ in 0..5 {
        let id = stream.last_id();
        let before = stream;
        stream = node.resume(&uri, &id).await;
        assert_eq!(cluster.limiter.len(), 1);
        drop(before);
        sleep(TTL / 2).await;
        assert_eq!(cluster.limiter.len(), 1);
    }
    drop(stream);
    cluster.until_open(0).await;
}

/// E1, G8: a client whose place was given to others waits, and never gets an error.
#[tokio::test(start_paused = true)]
async fn without_a_place_a_client_that_comes_back_waits() {
    for (max, max_per_subject, told_by) in [(100, 1, "sse.open"), (1, 1, "sse.wait")] {
        let cluster = Cluster::new(max, max_per_subject);
        let (one, two) = (cluster.resumable_node(), cluster.resumable_node());
        let uri = one.uri_of("alice").await;
        let mut stream = one.get(&uri).await;
        let id = stream.last_id();
        drop(stream);
        cluster.until_open(0).await;
        let other = two.open().await;
        assert_eq!(other.status, StatusCode::OK);
        let mut told = one.resume(&uri, &id).await;
        assert_eq!(told.status, StatusCode::OK);
        let text = told.read();
        assert!(text.starts_with("retry: "), "{text}");
        assert!(text.contains(&format!("event: {told_by}\n")), "{text}");
        assert!(told.has_ended());
        drop((told, other));
        cluster.until_open(0).await;
        let mut resumed = one.resume(&uri, last_id(&text)).await;
        assert!(resumed.read().contains("event: sse.open\n"));
    }
}
