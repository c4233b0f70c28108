//! A client that takes its stream over from itself, and reads nothing.

use std::time::{Duration, Instant};

use sse_gate_tests::{EventStream, Request, Server, Setup, Ticket, eventually, for_each_setup};
use tokio::time::sleep;

/// How often it comes back.
const TIMES: usize = 200;

/// How often it may within ten seconds, which may begin anew meanwhile.
const MOST: usize = 64;

/// G18, I18: one session that is resumed two hundred times without a pause, with a log that fills the
/// buffers of each of its connections, has a bounded number of them. The others are told to come back,
/// and its client goes on when it behaves.
async fn takeovers_in_a_row_leave_few_sockets(setup: Setup) {
    let server = setup.arg("streams-per-subject", 2).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let ticket = bob.join("news").await;
    let mut stream = server.open(&ticket.request()).await;
    let mut id = stream.next().await.expect("sse.open").id.expect("an id");
    let event = format!("\"{}\"", "x".repeat(16 * 1024 - 2));
    let publish = Request::post("/topics/news/publish", event).bearer(&alice.jwt);
    let mut publisher = server.connect().await;
    for _ in 0..60 {
        assert_eq!(publisher.exchange(&publish).await.status, 202);
    }
    let idle = server.sockets();
    let (mut held, mut waits) = (vec![stream], 0);
    let begun = Instant::now();
    for _ in 0..TIMES {
        match come_back(&server, &ticket, &id).await {
            Some((stream, next)) => {
                held.push(stream);
                id = next;
            }
            None => waits += 1,
        }
    }
    let times_anew = usize::try_from(begun.elapsed().as_secs() / 10).unwrap_or(usize::MAX);
    let most = MOST * (2 + times_anew) + 1;
    assert!(waits > 0 || most > TIMES, "all were let in");
    assert!(held.len() <= most, "{} connections are held", held.len());
    eventually("the others are gone", async || {
        server.sockets() <= idle + held.len() + 1
    })
    .await;
    for stream in held {
        stream.reset();
    }
    let start = Instant::now();
    let mut stream = loop {
        if let Some((stream, _)) = come_back(&server, &ticket, &id).await {
            break stream;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "it is stranded");
        sleep(Duration::from_millis(200)).await;
    };
    let next = stream.next().await.expect("what it has missed");
    assert!(next.data.len() > 1_000, "{next:?}");
}

/// Shows an id. The stream and its first id, or nothing if the client is to wait: then its id is not
/// used up.
async fn come_back(server: &Server, ticket: &Ticket, id: &str) -> Option<(EventStream, String)> {
    let request = ticket.resume(id);
    let mut connection = server.connect().await;
    connection.send(&request.bytes()).await;
    match EventStream::of(connection, &request).await {
        Ok(mut stream) => {
            let first = stream.next().await.expect("an event");
            assert_eq!(first.event.as_deref(), Some("sse.open"));
            Some((stream, first.id.expect("an id")))
        }
        Err(response) => {
            let body = String::from_utf8(response.body).expect("text");
            assert_eq!(response.status, 200, "{body}");
            let expected = format!("event: sse.wait\nid: {id}\n");
            assert!(body.contains(&expected), "{body}");
            None
        }
    }
}

macro_rules! takeovers {
    ($setup:ident, $program:expr, $store:literal) => {
        mod $setup {
            use sse_gate_tests::Setup;

            #[tokio::test]
            async fn takeovers_in_a_row_leave_few_sockets() {
                let setup = Setup::new($program, $store);
                super::takeovers_in_a_row_leave_few_sockets(setup).await;
            }
        }
    };
}
for_each_setup!(takeovers);
