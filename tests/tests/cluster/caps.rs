//! What one user may have, counted over all nodes, and one session at several nodes.

use std::cell::Cell;

use futures_util::future::join_all;
use serde_json::json;
use sse_gate_tests::{EventStream, Request, eventually, in_time};
use tokio::time::sleep;

use crate::follower::{AGAIN, TOPIC};
use crate::nodes::{COUNT, Nodes};

/// How many unused tokens a user may have.
const TOKENS: usize = 16;

/// C15: a user who asks for token after token, at all nodes, gets as many as at one node. Others still get
/// theirs.
#[tokio::test]
async fn unused_tokens_of_a_user_are_counted_over_all_nodes() {
    let nodes = Nodes::start(|setup| setup.arg("tokens-per-subject", TOKENS)).await;
    // On a machine that is busy, the store may be too late. Then there may be a token that nobody has.
    let late = Cell::new(0);
    let mint = |user: &str, number: usize| {
        let (node, late) = (nodes.node(number % COUNT), &late);
        let path = format!("/topics/{TOPIC}/stream-token");
        let request = Request::post(path, "").bearer(&node.user(user).jwt);
        let minting = async move {
            loop {
                let status = node.send(&request).await.status;
                if status != 503 {
                    return status;
                }
                late.set(late.get() + 1);
                sleep(AGAIN).await;
            }
        };
        in_time("an answer of the store", minting)
    };
    let statuses = join_all((0..4 * TOKENS).map(|number| mint("alice", number))).await;
    let count = |status| statuses.iter().filter(|it| **it == status).count();
    let (minted, refused) = (count(200), count(429));
    assert_eq!(minted + refused, 4 * TOKENS, "{statuses:?}");
    let unknown = TOKENS - minted.min(TOKENS);
    assert!(
        minted <= TOKENS && unknown <= late.get(),
        "{late:?}: {statuses:?}"
    );
    for number in 0..COUNT {
        assert_eq!(mint("alice", number).await, 429);
        assert_eq!(mint("bob", number).await, 200);
    }
}

/// I7, I19: one client at each node shows the same id at the same moment. All are let in, as answers may get
/// lost, and one of them stays. What is published then comes to that one.
#[tokio::test]
async fn of_clients_with_one_id_at_all_nodes_one_stays() {
    let nodes = Nodes::start(|setup| setup).await;
    let alice = nodes.node(0).user("alice");
    for n in 1..=10 {
        let ticket = alice.join(TOPIC).await;
        let mut first = nodes.node(0).open(&ticket.request()).await;
        let id = first.next().await.and_then(|open| open.id);
        let request = ticket.resume(&id.expect("an id"));
        let mut connections = Vec::new();
        for node in nodes.running() {
            connections.push(node.connect().await);
        }
        for connection in &mut connections {
            connection.send(&request.bytes()).await;
        }
        let opened = connections
            .into_iter()
            .map(async |connection| EventStream::of(connection, &request).await);
        let mut streams = Vec::new();
        for opened in join_all(opened).await {
            match opened {
                Ok(stream) => streams.push(stream),
                // It was replaced before its head was sent.
                Err(over) => assert_eq!(over.status, 200, "{over:?}"),
            }
        }

        // Until the others have heard of the last one.
        eventually("one connection is left", async || {
            let mut open = 0;
            for node in nodes.running() {
                open += node.metrics().await.connections();
            }
            open == 1
        })
        .await;
        alice.publish(TOPIC, &json!({ "n": n })).await;
        let has_it = streams.into_iter().map(async |mut stream| {
            while let Some(event) = stream.next().await {
                if event.event.is_none() {
                    return event.json()["n"] == n;
                }
            }
            false
        });
        let has_it = join_all(has_it).await;
        let count = has_it.iter().filter(|has_it| **has_it).count();
        assert_eq!(count, 1, "in round {n}: {has_it:?}");
        assert!(first.rest().await.0.is_empty(), "it was replaced");
        eventually("its connection is gone", async || {
            let mut open = 0;
            for node in nodes.running() {
                open += node.metrics().await.connections();
            }
            open == 0
        })
        .await;
    }
}
