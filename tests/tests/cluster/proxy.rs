//! All requests through the proxy of `examples/cluster`.

use serde_json::json;
use sse_gate_tests::{
    End, EventStream, Request, Response, SAMPLE, Setup, Ticket, eventually, in_time, jwt,
};
use tokio::time::sleep;

use crate::follower::{AGAIN, Answer, Follower, ticket_at};
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

/// Asks for a token through the proxy, and opens its stream. On a machine that is busy, the store may be too late, and
/// the token spent all the same. Then another one is asked for.
async fn open(proxy: &HaProxy) -> (Ticket, EventStream) {
    loop {
        let ticket = ticket_at(proxy.addr, &jwt::of("alice")).await;
        let opened = EventStream::open_in_time(proxy.addr, &ticket.request()).await;
        if let Some(mut stream) = opened {
            assert!(stream.next().await.is_some(), "sse.open");
            return (ticket, stream);
        }
    }
}

/// Sends a request again and again while the store is too late.
async fn send(proxy: &HaProxy, request: &Request) -> Response {
    let sending = async {
        loop {
            let response = proxy.send(request).await;
            if response.status != 503 {
                return response;
            }
            sleep(AGAIN).await;
        }
    };
    in_time("an answer of the store", sending).await
}

/// Asks for a token of a generation, and opens its stream.
async fn open_generation(proxy: &HaProxy, id: &str, jwt: &str) -> EventStream {
    let mint = Request::post(format!("/generations/generate/{id}/stream-token"), "");
    let mint = mint.bearer(jwt);
    loop {
        let minted = send(proxy, &mint).await.json();
        let [url, token] = ["stream_url", "sse_token"].map(|name| minted[name].as_str());
        let target = format!("{}?token={}", url.expect("a URL"), token.expect("a token"));
        let opened = EventStream::open_in_time(proxy.addr, &Request::stream(target)).await;
        if let Some(stream) = opened {
            return stream;
        }
    }
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
        let started = send(&proxy, &start.bearer(&alice)).await.json();
        let id = started["generation_id"].as_str().expect("an id").to_owned();
        let mut stream = open_generation(&proxy, &id, &alice).await;
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
