//! I19: a node that does not hear the others lets no client in, and takes nothing from one.

use http::StatusCode;
use http::header::RETRY_AFTER;
use sse_gate::Subject;

use crate::client::Client;
use crate::cluster::{Cluster, Node};

/// A node that hears the others, and one that began when the channel was down.
async fn hearing_and_deaf(cluster: &Cluster) -> (Node, Node) {
    let one = cluster.node(1).await;
    cluster.bus.take_down();
    let two = cluster.starting(2);
    assert!(!two.sessions.is_connected());
    (one, two)
}

/// The sessions are asked before the token is taken.
#[tokio::test(start_paused = true)]
async fn a_fresh_token_gets_503_and_stays_unused() {
    let cluster = Cluster::new();
    let (_one, two) = hearing_and_deaf(&cluster).await;
    let mut client = Client::new(two.uri("7").await);
    for _ in 0..10 {
        let refused = two.ask(client.request()).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key(RETRY_AFTER));
    }
    cluster.bus.bring_up();
    two.until_connected().await;
    assert_eq!(client.connect(&two).await, StatusCode::OK);
}

/// An error status would stop a native `EventSource` for good.
#[tokio::test(start_paused = true)]
async fn a_resume_id_gets_200_and_is_good_later() {
    let cluster = Cluster::new();
    let (one, two) = hearing_and_deaf(&cluster).await;
    let mut client = Client::open(&one, "7").await;
    let id = client.id.clone();
    for _ in 0..10 {
        assert_eq!(client.connect(&two).await, StatusCode::OK);
        let text = client.read_to_end().await;
        assert!(
            text.contains("event: sse.wait") && text.starts_with("retry: "),
            "{text}"
        );
        assert_eq!(client.id, id, "it is the id that was shown");
    }
    cluster.bus.bring_up();
    two.until_connected().await;
    assert_eq!(client.connect(&two).await, StatusCode::OK);
    client.read_until("event: sse.open").await;
}

/// That the channel is down is no fault of the store. So the breaker stays closed, and a sign-out is done.
#[tokio::test(start_paused = true)]
async fn a_sign_out_is_done_on_a_node_that_hears_nothing() {
    let cluster = Cluster::new();
    let (one, two) = hearing_and_deaf(&cluster).await;
    let stream = Client::open(&one, "7").await;
    let fresh = Client::new(two.uri("8").await);
    for _ in 0..20 {
        assert_eq!(
            two.status(fresh.request()).await,
            StatusCode::SERVICE_UNAVAILABLE
        );
        assert_eq!(two.status(stream.request()).await, StatusCode::OK);
    }
    let alice = Subject::new("alice").unwrap();
    let revoked = two.gate.revoke(&alice).await.unwrap();
    assert_eq!((revoked.tokens(), revoked.sessions()), (1, 1));
}
