//! One token, many clients at all nodes at once.

use std::net::SocketAddr;
use std::time::Instant;

use futures_util::future::join_all;
use sse_gate_tests::{Connection, EventStream, jwt};

use crate::follower::ticket_at;
use crate::nodes::{COUNT, Nodes};
use crate::number_from;

/// How many clients show each token.
const CLIENTS: usize = 8;

/// How often tokens are shown in all; `SSE_GATE_REDEEMS` sets another number.
const REDEEMS: usize = 300 * CLIENTS;

/// How many tokens are under way.
const AT_ONCE: usize = 4;

/// What became of the tokens.
#[derive(Default)]
struct Tally {
    tokens: usize,
    /// Those of which a node said 503: the store was too late, and the token may be spent all the same.
    late: usize,
}

/// Mints a token at one node, and shows it at all of them: every request but its last byte is sent before
/// the first last byte is. The statuses.
async fn contend(nodes: [SocketAddr; COUNT], number: usize) -> Vec<u16> {
    // A user of its own: their sessions would count together.
    let jwt = jwt::of(&format!("user-{number}"));
    let ticket = ticket_at(nodes[number % COUNT], &jwt).await;
    let request = ticket.request();
    let bytes = request.bytes();
    let (last, head) = bytes.split_last().expect("a request has bytes");
    let mut connections = Vec::new();
    for client in 0..CLIENTS {
        let mut connection = Connection::open(nodes[(number + client) % COUNT]).await;
        connection.send(head).await;
        connections.push(connection);
    }
    for connection in &mut connections {
        connection.send(&[*last]).await;
    }
    let answers = connections.into_iter().map(async |connection| {
        let opened = EventStream::of(connection, &request).await;
        opened.map_or_else(|refused| refused.status, |stream| stream.response.status)
    });
    join_all(answers).await
}

async fn work(nodes: [SocketAddr; COUNT], numbers: impl Iterator<Item = usize>) -> Tally {
    let mut tally = Tally::default();
    for number in numbers {
        let statuses = contend(nodes, number).await;
        let count = |status| statuses.iter().filter(|it| **it == status).count();
        let (opened, refused, late) = (count(200), count(401), count(503));
        assert_eq!(opened + refused + late, CLIENTS, "{statuses:?}");
        let is_right = opened == 1 || (opened == 0 && late > 0);
        assert!(is_right, "token {number}: {statuses:?}");
        tally.tokens += 1;
        tally.late += usize::from(late > 0);
    }
    tally
}

/// A3: of eight clients that show a token at three nodes at once, one gets the stream.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_the_clients_at_all_nodes_gets_the_stream() {
    let tokens = number_from("SSE_GATE_REDEEMS", REDEEMS).div_ceil(CLIENTS);
    // A session waits for its client for two minutes.
    let nodes = Nodes::start(|setup| setup.arg("streams", tokens.max(10_000))).await;
    let addrs = nodes.addrs();
    let start = Instant::now();
    let workers = (0..AT_ONCE).map(|first| {
        let numbers = (first..tokens).step_by(AT_ONCE);
        tokio::spawn(work(addrs, numbers))
    });
    let mut all = Tally::default();
    for tally in join_all(workers).await {
        let tally = tally.expect("a worker finds no fault");
        all.tokens += tally.tokens;
        all.late += tally.late;
    }
    println!(
        "{} tokens were shown {} times in {:?}; for {} of them a node said 503",
        all.tokens,
        all.tokens * CLIENTS,
        start.elapsed(),
        all.late
    );
    assert_eq!(all.tokens, tokens);
    assert!(all.late * 10 <= tokens, "{} tell too little", all.late);
}
