//! The same request many times in one packet.

use std::collections::BTreeMap;

use sse_gate_tests::{Setup, h2};
use tokio::task::JoinSet;

/// How many requests are in a packet.
const TWINS: usize = 16;

/// A4: HTTP/1.1, one connection, all requests in one write.
pub(crate) async fn of_pipelined_requests_one_opens_the_stream(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    for round in 0..20 {
        let request = alice.mint(&id).await.request();
        let mut connection = server.connect().await;
        connection.send(&request.bytes().repeat(TWINS)).await;
        let mut statuses = Vec::new();
        for _ in 0..TWINS {
            statuses.push(connection.response(&request).await.status);
        }
        assert_eq!(statuses[0], 200, "in round {round}");
        assert_eq!(statuses[1..], [401; TWINS - 1], "in round {round}");
    }
}

/// A4: HTTP/2, one connection, as many streams.
pub(crate) async fn of_multiplexed_requests_one_opens_the_stream(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let connection = h2::Connection::open(server.addr()).await;
    for round in 0..20 {
        let minted = alice.mint(&id).await;
        let mut statuses = connection.streams(&minted.target(), TWINS).await;
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200, "in round {round}");
        assert_eq!(statuses[1..], [401; TWINS - 1], "in round {round}");
    }
}

/// A4, I5, I18: the same id in as many streams of one HTTP/2 connection: it is taken three times,
/// and then nobody has the stream.
pub(crate) async fn of_multiplexed_returns_none_keeps_the_stream(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let connection = h2::Connection::open(server.addr()).await;
    for round in 0..5 {
        let ticket = alice.join("news").await;
        let mut stream = server.open(&ticket.request()).await;
        let id = stream.next().await.and_then(|opened| opened.id);
        let id = id.expect("sse.open with an id");
        let mut asking = JoinSet::new();
        for _ in 0..TWINS {
            let (connection, target, id) = (connection.clone(), ticket.target.clone(), id.clone());
            asking.spawn(async move {
                let headers = [("last-event-id", &*id)];
                connection.stream(&target, &headers).await.status().as_u16()
            });
        }
        let mut statuses = BTreeMap::new();
        for status in asking.join_all().await {
            *statuses.entry(status).or_insert(0) += 1;
        }
        let expected = BTreeMap::from([(200, 3), (401, 1), (204, TWINS - 4)]);
        assert_eq!(statuses, expected, "in round {round}");
    }
}
