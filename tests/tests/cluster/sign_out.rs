//! Signing out at one node ends everything at all of them.

use std::time::Duration;

use futures_util::future::join_all;
use sse_gate_tests::{Request, Setup};
use tokio::time::Instant;

use crate::follower::{Answer, Follower};
use crate::nodes::{COUNT, Nodes};

/// How many streams the user has open.
const STREAMS: usize = 60;

/// How late the end of a stream may be, on a machine that is busy. A stream that is not told goes on for longer.
const LATEST: Duration = Duration::from_secs(5);

/// G7, I19: all streams of a user end soon after the answer to the sign-out, whichever node they are at.
/// Streams of others go on.
#[tokio::test]
async fn a_sign_out_at_one_node_ends_the_streams_at_all() {
    let cap = 2 * STREAMS;
    let setup = |setup: Setup| {
        let setup = setup.arg("streams-per-subject", cap);
        setup.arg("tokens-per-subject", cap)
    };
    let nodes = Nodes::start(setup).await;
    let addrs = nodes.addrs();
    let mut streams = Vec::new();
    for number in 0..STREAMS {
        let mut follower = Follower::of("alice", nodes.node(number % COUNT)).await;
        let mut stream = follower.open(|| addrs[(number + 1) % COUNT]).await;
        assert!(follower.read(&mut stream).await, "sse.open");
        streams.push((follower, stream));
    }
    let mut unused = Follower::of("alice", nodes.node(1)).await;
    let mut bob = Follower::of("bob", nodes.node(2)).await;
    let mut stream_of_bob = bob.open(|| addrs[2]).await;
    assert!(bob.read(&mut stream_of_bob).await, "sse.open");

    let ends = streams.into_iter().map(|(follower, mut stream)| {
        tokio::spawn(async move {
            let (events, _) = stream.rest().await;
            (Instant::now(), events, follower)
        })
    });
    let ends: Vec<_> = ends.collect();
    let alice = nodes.node(0).user("alice");
    let request = Request::post("/demo/logout", "").bearer(&alice.jwt);
    let mut asked = Instant::now();
    let mut response = nodes.node(0).send(&request).await;
    // On a machine that is busy, the store may be too late. To sign out again does no harm.
    while response.status == 503 {
        asked = Instant::now();
        response = nodes.node(0).send(&request).await;
    }
    let signed_out = Instant::now();
    assert_eq!(response.status, 204, "{response:?}");

    let mut times = Vec::new();
    for end in join_all(ends).await {
        let (ended, events, mut follower) = end.expect("it reads");
        let last = events.last().map(|event| &*event.data);
        assert_eq!(last, Some(r#"{"v":1,"reason":"revoked"}"#), "{events:?}");
        times.push(ended.saturating_duration_since(signed_out));
        let again = follower.ask_in_time(addrs[0]).await;
        assert!(matches!(again, Answer::Refused(over) if over.status == 204));
    }
    times.sort_unstable();
    let at = |part: usize| times[(STREAMS * part).div_ceil(100) - 1];
    println!(
        "{STREAMS} streams ended after the answer: p50 {:?}, p99 {:?}; the answer took {:?}",
        at(50),
        at(99),
        signed_out.duration_since(asked)
    );
    assert!(at(99) < LATEST, "{times:?}");

    let refused = unused.ask_in_time(addrs[2]).await;
    assert!(matches!(refused, Answer::Refused(response) if response.status == 401));
    nodes
        .node(0)
        .user("bob")
        .publish("news", &serde_json::json!({ "n": 1 }))
        .await;
    assert!(bob.read(&mut stream_of_bob).await, "bob has not signed out");
}
