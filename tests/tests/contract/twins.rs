//! The same request many times in one packet.

use sse_gate_tests::{Setup, h2};

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
