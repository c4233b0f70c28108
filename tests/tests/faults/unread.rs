//! Readers of a feed that never read.

use sse_gate_tests::{Request, Setup, for_each_setup};

/// How many readers there are.
const READERS: usize = 20;

/// How many events they don't read, of 16 KiB each: many times what a log holds, and all buffers
/// of a connection.
const EVENTS: u64 = 2_000;

/// How much more memory a server may have in use, in bytes: half of what was published, so that
/// it can't have been kept even once.
const BOUND: u64 = EVENTS * 16 * 1024 / 2;

/// G1, F5, I8, I10: who publishes never waits for them, nothing is kept for them but what the log
/// holds anyway, and when they come back they are told what they have missed, and get the rest.
async fn readers_that_never_read_cost_nothing_and_are_told_of_the_gap(setup: Setup) {
    let server = setup.arg("streams-per-subject", READERS).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let mut readers = Vec::new();
    for _ in 0..READERS {
        // A user has 16 unused tokens at most: each is used at once.
        let ticket = bob.join("news").await;
        let mut stream = server.open(&ticket.request()).await;
        let opened = stream.next().await.expect("sse.open");
        readers.push((ticket, stream, opened.id.expect("an id")));
    }
    let event = format!("\"{}\"", "x".repeat(16 * 1024 - 2));
    let publish = Request::post("/topics/news/publish", event).bearer(&alice.jwt);
    let mut connection = server.connect().await;
    // The log is full after 64 events: what comes then is what must cost nothing.
    let mut before = 0;
    for n in 0..EVENTS {
        if n == 100 {
            before = server.memory();
        }
        let response = connection.exchange(&publish).await;
        assert_eq!(response.status, 202, "event {n}: {response:?}");
    }
    let more = server.memory().saturating_sub(before);
    assert!(more < BOUND, "{more} bytes more, of at most {BOUND}");
    for (ticket, stream, id) in readers {
        stream.reset();
        let mut stream = server.open(&ticket.resume(&id)).await;
        let events = stream.take(2).await;
        let gap = &events[1].json();
        assert_eq!(events[1].event.as_deref(), Some("sse.gap"));
        assert_eq!(events[0].json()["gap"]["to"], gap["to"]);
        assert_eq!(gap["from"], 1);
        let to = gap["to"].as_u64().expect("a number");
        assert!((EVENTS - 70..EVENTS).contains(&to), "{to}");
        let rest = stream
            .take(usize::try_from(EVENTS - to).expect("a few"))
            .await;
        let last = rest.last().and_then(|event| event.id.as_deref());
        let seq = last.and_then(|id| id.rsplit_once('.')).expect("an id").1;
        assert_eq!(u64::from_str_radix(seq, 36), Ok(EVENTS));
    }
    let metrics = server.metrics().await;
    let trimmed = metrics.get("sse_gate_events_missed_total", &[("cause", "trimmed")]);
    assert!(trimmed > 0, "{metrics:#?}");
}

macro_rules! unread {
    ($setup:ident, $program:expr, $store:literal) => {
        mod $setup {
            use sse_gate_tests::Setup;

            #[tokio::test]
            async fn readers_that_never_read_cost_nothing_and_are_told_of_the_gap() {
                let setup = Setup::new($program, $store);
                super::readers_that_never_read_cost_nothing_and_are_told_of_the_gap(setup).await;
            }
        }
    };
}
for_each_setup!(unread);
