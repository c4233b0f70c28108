//! A client that takes its stream over from itself, and reads nothing.

use std::time::Duration;

use sse_gate_tests::{Request, Setup, eventually, for_each_setup};

/// How often it comes back.
const TIMES: usize = 200;

/// How often it may: 20 times within ten seconds, which may begin anew meanwhile.
const MOST: usize = 2 * 20 + 1;

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
    let mut held = vec![stream];
    for _ in 0..TIMES {
        let mut stream = server.open(&ticket.resume(&id)).await;
        let first = stream.next().await.expect("an event");
        match first.event.as_deref() {
            Some("sse.open") => {
                id = first.id.expect("an id");
                held.push(stream);
            }
            Some("sse.wait") => assert_eq!(first.id.as_deref(), Some(&*id), "it is used up"),
            other => panic!("{other:?}"),
        }
    }
    assert!(held.len() <= MOST, "{} connections are held", held.len());
    eventually("the others are gone", async || {
        server.sockets() <= idle + held.len() + 1
    })
    .await;
    for stream in held {
        stream.reset();
    }
    let start = std::time::Instant::now();
    loop {
        let mut stream = server.open(&ticket.resume(&id)).await;
        let first = stream.next().await.expect("an event");
        if first.event.as_deref() == Some("sse.open") {
            let next = stream.next().await.expect("what it has missed");
            assert!(next.data.len() > 1_000, "{next:?}");
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "it is stranded");
        tokio::time::sleep(Duration::from_millis(200)).await;
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
