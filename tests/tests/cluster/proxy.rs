//! All requests through the proxy of `examples/cluster`.

use serde_json::json;
use sse_gate_tests::{
    Connection, End, EventStream, Request, SAMPLE, Setup, Ticket, eventually, jwt,
};

use crate::follower::{Answer, Follower, ticket_at};
use crate::haproxy::{HaProxy, free_addrs};
use crate::nodes::{COUNT, Nodes};
use crate::publisher::Publisher;

/// How many streams are opened through the proxy.
const STREAMS: usize = 12;

async fn start() -> (Nodes, HaProxy) {
    let cap = 2 * STREAMS;
    let setup = move |setup: Setup| {
        let setup = setup.arg("streams-per-subject", cap);
        setup.arg("tokens-per-subject", cap)
    };
    let nodes = Nodes::start(setup).await;
    let [addr] = free_addrs();
    let proxy = HaProxy::start(addr, nodes.addrs());
    (nodes, proxy)
}

/// Asks for a token through the proxy, and opens its stream.
async fn open(proxy: &HaProxy) -> (Ticket, EventStream) {
    let ticket = ticket_at(proxy.addr, &jwt::of("alice")).await;
    let connection = Connection::open(proxy.addr).await;
    let mut stream = EventStream::open(connection, &ticket.request()).await;
    assert!(stream.next().await.is_some(), "sse.open");
    (ticket, stream)
}

/// Every stream is opened at some node with a token of another, and its connection is dropped by a request
/// that comes to any of them.
#[tokio::test]
async fn streams_are_spread_and_a_drop_finds_its_connection() {
    let (nodes, proxy) = start().await;
    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        streams.push(open(&proxy).await);
    }
    for node in nodes.running() {
        let open = node.metrics().await.connections();
        assert!(open > 0, "a node has no stream");
    }
    for (ticket, stream) in &mut streams {
        let request = Request::post("/demo/drop", "").json(&json!({ "stream": ticket.token }));
        let response = proxy.send(&request.bearer(&jwt::of("alice"))).await;
        assert_eq!(response.status, 204, "{response:?}");
        assert_eq!(stream.rest().await.1, End::Proper);
    }
}

/// A generation is asked for at any node, and everything about it goes to that node.
#[tokio::test]
async fn a_generation_is_found_at_its_node() {
    let (_nodes, proxy) = start().await;
    let alice = jwt::of("alice");
    let mut digits = Vec::new();
    for _ in 0..2 * COUNT {
        let start = Request::post("/generations", "").json(&json!({ "source": SAMPLE }));
        let started = proxy.send(&start.bearer(&alice)).await.json();
        let id = started["generation_id"].as_str().expect("an id").to_owned();
        let mint = Request::post(format!("/generations/generate/{id}/stream-token"), "");
        let minted = proxy.send(&mint.bearer(&alice)).await.json();
        let [url, token] = ["stream_url", "sse_token"].map(|name| minted[name].as_str());
        let target = format!("{}?token={}", url.expect("a URL"), token.expect("a token"));
        let connection = Connection::open(proxy.addr).await;
        let mut stream = EventStream::open(connection, &Request::stream(target)).await;
        let (events, end) = stream.rest().await;
        assert_eq!(end, End::Proper, "{events:?}");
        let state = Request::get(format!("/generations/{id}")).bearer(&alice);
        assert_eq!(proxy.send(&state).await.json()["status"], "completed");
        digits.extend(id.chars().next());
    }
    digits.sort_unstable();
    digits.dedup();
    assert_eq!(digits, ['1', '2', '3'], "a node was not asked");
}

/// E1, I19: while no node is there, or none hears the others, a client with a session is told to come back.
/// It goes on when there are nodes again.
#[tokio::test]
async fn no_client_is_stranded_while_there_is_no_node() {
    let (mut nodes, proxy) = start().await;
    let addr = proxy.addr;
    let mut client = Follower::of("alice", nodes.node(0)).await;
    let mut stream = client.open(|| addr).await;
    assert!(client.read(&mut stream).await, "sse.open");
    let mut publisher = Publisher::new(&nodes.addrs());
    let last = publisher.publish(10).await;
    stream = client.read_to(stream, last, || addr).await;

    for index in 0..COUNT {
        nodes.kill(index);
    }
    while client.read(&mut stream).await {}
    for _ in 0..5 {
        assert!(matches!(client.ask(addr).await, Answer::Later));
    }
    let other = proxy.send(&Request::get("/metrics")).await;
    assert_eq!(other.status, 503, "{other:?}");
    for index in 0..COUNT {
        nodes.start_again(index).await;
    }
    let last = publisher.publish(10).await;
    stream = client.open(|| addr).await;
    stream = client.read_to(stream, last, || addr).await;

    nodes.redis.kill();
    // The proxy learns that no node is ready.
    eventually("no node is asked", async || {
        proxy.send(&Request::get("/metrics")).await.status == 503
    })
    .await;
    for _ in 0..5 {
        let answer = client.ask(addr).await;
        assert!(matches!(answer, Answer::Later), "it was ended");
    }
    nodes.redis.restart();
    client.gaps = 1;
    let last = publisher.publish(10).await;
    client.read_to(stream, last, || addr).await;
    publisher.assert_all_in(&client.got);
}
