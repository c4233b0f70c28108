//! Caps over all nodes.

use http::StatusCode;
use sse_gate::GateRejection;
use sse_gate::core::Signal;

use crate::cluster::Cluster;
use crate::support::with;

/// G8: a subject has no more streams because there are more nodes.
#[tokio::test(start_paused = true)]
async fn a_subjects_cap_holds_over_two_nodes() {
    let cluster = Cluster::new(100, 2);
    let (one, two) = (cluster.node(), cluster.node());
    let first = one.open().await;
    let second = two.open().await;
    assert_eq!([first.status, second.status], [StatusCode::OK; 2]);
    for node in [&one, &two] {
        let refused = node.open().await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers["retry-after"], "5");
        assert_eq!(node.slots.open(), 1, "a refused stream has its slot");
        let check = GateRejection::SubjectCapacity.as_str();
        assert!(node.witness.saw(Signal::TurnedAway { check }));
    }
    let bobs = two.open_for("bob").await;
    assert_eq!(bobs.status, StatusCode::OK);
    drop(first);
    cluster.until_open(2).await;
    let third = two.open().await;
    assert_eq!((third.status, cluster.alices()), (StatusCode::OK, 2));
}

/// G8: at the cap of all, the token stays good.
#[tokio::test(start_paused = true)]
async fn the_cap_of_all_holds_over_two_nodes_and_leaves_the_token() {
    let cluster = Cluster::new(1, 1);
    let (one, two) = (cluster.node(), cluster.node());
    let first = one.open_for("bob").await;
    let uri = two.uri_of("alice").await;
    for _ in 0..3 {
        let refused = two.get(&uri).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers["retry-after"], "1");
        let check = GateRejection::Capacity.as_str();
        assert!(two.witness.saw(Signal::TurnedAway { check }));
    }
    drop(first);
    cluster.until_open(0).await;
    assert_eq!(two.get(&uri).await.status, StatusCode::OK);
}

/// A1, D13: a token that is spent does not tell whether its stream is open. At the cap of all, it is answered like any other.
#[tokio::test(start_paused = true)]
async fn a_spent_token_does_not_tell_that_its_stream_is_open() {
    for resumable in [false, true] {
        let cluster = Cluster::new(1, 1);
        let node = if resumable {
            cluster.resumable_node()
        } else {
            cluster.node()
        };
        let spent = node.uri_of("alice").await;
        let open = node.get(&spent).await;
        assert_eq!(open.status, StatusCode::OK);
        let other = node.uri_of("bob").await;
        let answers = [node.get(&spent).await, node.get(&other).await];
        assert_eq!(
            answers.each_ref().map(|it| it.status),
            [StatusCode::SERVICE_UNAVAILABLE; 2]
        );
    }
}

/// G8: callers without a token count like others, each stream for itself.
#[tokio::test(start_paused = true)]
async fn callers_count_too() {
    let cluster = Cluster::new(100, 2);
    for resumable in [false, true] {
        let node = || {
            if resumable {
                cluster.resumable_node()
            } else {
                cluster.node()
            }
        };
        let (one, two) = (node().with_callers(), node().with_callers());
        let request = || with("/rooms/7", &[("authorization", "Bearer alice")]);
        let streams = [one.ask(request()).await, two.ask(request()).await];
        assert_eq!(streams.each_ref().map(|it| it.status), [StatusCode::OK; 2]);
        assert_eq!(cluster.alices(), 2);
        let refused = one.ask(request()).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        drop(streams);
        cluster.until_open(0).await;
    }
}

/// G8: of clients that race on all nodes, as many get in as may.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_clients_never_pass_the_cap() {
    const MAX: usize = 3;
    let cluster = Cluster::new(100, MAX);
    let nodes = [(); 4].map(|()| cluster.node());
    for _ in 0..20 {
        let mut racers = Vec::new();
        for number in 0..4 * MAX {
            let node = &nodes[number % nodes.len()];
            let uri = node.uri_of("alice").await;
            racers.push(tokio::spawn(node.call(with(&uri, &[]))));
        }
        let mut streams = Vec::new();
        for racer in racers {
            let answer = racer.await.unwrap();
            if answer.status == StatusCode::OK {
                streams.push(answer);
            }
        }
        assert_eq!((streams.len(), cluster.alices()), (MAX, MAX));
        drop(streams);
        cluster.until_open(0).await;
    }
}
