//! Many clients, one token: whoever is first, there is one winner.

use std::time::{Duration, Instant};

use sse_gate_tests::{Connection, Request, Server, Setup, User, eventually, for_each_setup};

/// Shows the same token over all connections at once; how many streams that opened.
///
/// Every request but its last byte is sent before the first last byte is, so that the servers
/// get them together and not one by one.
async fn winners(connections: &mut [Connection], request: &Request) -> usize {
    let bytes = request.bytes();
    let (last, head) = bytes.split_last().expect("a request has bytes");
    for connection in &mut *connections {
        connection.send(head).await;
    }
    for connection in &mut *connections {
        connection.send(&[*last]).await;
    }
    let mut winners = 0;
    for connection in connections {
        match connection.response(request).await.status {
            200 => winners += 1,
            401 => {}
            status => panic!("{status}"),
        }
    }
    winners
}

/// So often clients race at least, however long it takes.
const FEWEST: u64 = 100;

/// Lets this many clients race, until it was this often or this long.
async fn race(server: &Server, clients: usize, rounds: u64, budget: Duration) -> u64 {
    let alice = server.user("alice");
    let id = alice.finish().await;
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(server.connect().await);
    }
    let start = Instant::now();
    let mut round = 0;
    while round < rounds && (round < FEWEST || start.elapsed() < budget) {
        let request = minted(&mut connections[0], &alice, &id).await;
        let winners = winners(&mut connections, &request).await;
        assert_eq!(winners, 1, "in round {round} of {clients} clients");
        round += 1;
    }
    round
}

/// The request for a stream with a fresh token, which is asked for over a connection that is open.
async fn minted(connection: &mut Connection, user: &User<'_>, id: &str) -> Request {
    let response = connection.exchange(&user.mint_request(id)).await;
    assert_eq!(response.status, 200, "{response:?}");
    let json = response.json();
    let text = |name: &str| json[name].as_str().expect("a text");
    Request::stream(format!(
        "{}?token={}",
        text("stream_url"),
        text("sse_token")
    ))
}

/// A2: 64 clients over connections that are open already, a thousand times.
async fn of_sixty_four_clients_one_wins(setup: Setup) {
    let server = setup.log("off").start();
    let rounds = race(&server, 64, 1_000, Duration::from_secs(45)).await;
    expect_counted(&server, rounds, rounds * 63).await;
}

/// A2: a thousand clients.
async fn of_a_thousand_clients_one_wins(setup: Setup) {
    let server = setup.log("off").start();
    let rounds = race(&server, 1_000, 5, Duration::from_secs(45)).await;
    expect_counted(&server, rounds, rounds * 999).await;
}

/// What the server counted is what the clients saw.
async fn expect_counted(server: &Server, won: u64, lost: u64) {
    let metrics = server.metrics().await;
    assert_eq!(metrics.validations("redeemed"), won);
    // Who comes between the store's answer to the winner and its being written down is told from
    // the used by nobody.
    let refused = metrics.validations("used") + metrics.validations("withdrawn");
    assert_eq!(refused, lost, "{metrics:#?}");
    eventually("all streams are closed", async || {
        server.metrics().await.connections() == 0
    })
    .await;
}

macro_rules! races {
    ($setup:ident, $program:expr, $store:literal) => {
        mod $setup {
            use sse_gate_tests::Setup;

            #[tokio::test]
            async fn of_sixty_four_clients_one_wins() {
                crate::of_sixty_four_clients_one_wins(Setup::new($program, $store)).await;
            }

            #[tokio::test]
            async fn of_a_thousand_clients_one_wins() {
                crate::of_a_thousand_clients_one_wins(Setup::new($program, $store)).await;
            }
        }
    };
}
for_each_setup!(races);
