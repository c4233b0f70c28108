//! Nodes that die.

use std::mem;

use http::StatusCode;
use tokio::time::sleep;

use crate::cluster::{Cluster, TTL};
use crate::moody::Mood;

/// G8: the places of a dead node are free again after their time, and no sooner.
#[tokio::test(start_paused = true)]
async fn the_places_of_a_dead_node_are_free_after_their_time() {
    let cluster = Cluster::new(100, 2);
    let (one, two) = (cluster.node(), cluster.node());
    let streams = [one.open().await, one.open().await];
    sleep(2 * TTL).await;
    one.limiter.becomes(Mood::Loses);
    drop((streams, one));
    sleep(TTL / 2).await;
    assert_eq!(two.open().await.status, StatusCode::TOO_MANY_REQUESTS);
    sleep(TTL / 2).await;
    assert_eq!(two.open().await.status, StatusCode::OK);
}

/// A client of a dead node goes on at another one, at its subject's cap: it has its place still.
#[tokio::test(start_paused = true)]
async fn a_client_of_a_dead_node_has_its_place_elsewhere() {
    let cluster = Cluster::new(100, 1);
    let (one, two) = (cluster.resumable_node(), cluster.resumable_node());
    let uri = one.uri_of("alice").await;
    let mut stream = one.get(&uri).await;
    let id = stream.last_id();
    one.limiter.becomes(Mood::Loses);
    mem::forget((stream, one));
    let mut resumed = two.resume(&uri, &id).await;
    assert!(resumed.read().contains("event: sse.open\n"));
    sleep(2 * TTL).await;
    assert_eq!(cluster.alices(), 1, "its place was not renewed");
}
