//! I19: what one node does is seen on the other.

use http::StatusCode;
use sse_gate::Subject;
use sse_gate::codec::Event;

use crate::client::Client;
use crate::cluster::Cluster;

#[tokio::test]
async fn a_client_goes_on_at_the_other_node_and_its_old_stream_ends() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1).await, cluster.node(2).await);
    let mut client = Client::open(&one, "7").await;
    let publisher = one.publisher();
    publisher
        .publish(&Event::new().data("first"))
        .await
        .unwrap();
    client.read_until("data: first").await;

    let old = client.connection.take();
    assert_eq!(client.connect(&two).await, StatusCode::OK);
    let new = std::mem::replace(&mut client.connection, old);
    assert_eq!(
        client.read_to_end().await,
        "",
        "a replaced stream says no more"
    );

    client.connection = new;
    publisher
        .publish(&Event::new().data("second"))
        .await
        .unwrap();
    publisher.finish().await.unwrap();
    let rest = client.read_to_end().await;
    assert!(
        rest.contains("data: second") && !rest.contains("data: first"),
        "{rest}"
    );
    assert!(rest.contains("\"reason\":\"complete\""), "{rest}");
}

#[tokio::test]
async fn a_sign_out_on_one_node_ends_streams_on_both() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1).await, cluster.node(2).await);
    let mut streams = [Client::open(&one, "7").await, Client::open(&two, "8").await];
    let unused = one.uri("9").await;

    let revoked = two
        .gate
        .revoke(&Subject::new("alice").unwrap())
        .await
        .unwrap();
    assert_eq!((revoked.tokens(), revoked.sessions()), (1, 2));
    for stream in &mut streams {
        assert!(
            stream
                .read_to_end()
                .await
                .contains("\"reason\":\"revoked\"")
        );
    }
    for node in [&one, &two] {
        assert_eq!(
            node.status(Client::new(unused.clone()).request()).await,
            StatusCode::UNAUTHORIZED
        );
        for stream in &streams {
            assert_eq!(node.status(stream.request()).await, StatusCode::NO_CONTENT);
        }
    }
}

#[tokio::test]
async fn a_feed_that_one_node_publishes_arrives_at_both() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1).await, cluster.node(2).await);
    let mut streams = [
        Client::open(&one, "news").await,
        Client::open(&two, "news").await,
    ];
    for (data, node) in [("from one", &one), ("from two", &two)] {
        node.topics
            .publish("news", None, &Event::new().data(data))
            .await
            .unwrap();
    }
    for stream in &mut streams {
        let text = stream.read_until("data: from two").await;
        assert!(text.contains("data: from one"), "{text}");
    }
}
