//! Servers that stop while streams are open.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sse_gate_tests::{End, Setup, for_each_setup};

/// How many streams of each kind are open.
const STREAMS: usize = 12;

/// G9, G10: every client is told when to come back, each another time; the body ends properly, the
/// session is not closed, and the process is gone in time.
async fn a_signal_sends_every_client_back_at_a_time_of_its_own(setup: Setup) {
    let mut server = setup.arg("pace", 60_000).arg("retry", 1_000).start();
    let mut streams = Vec::new();
    for n in 0..STREAMS {
        let user = server.user(&format!("user-{n}"));
        for ticket in [
            user.ask_chat("What is a token?").await,
            user.join("news").await,
        ] {
            let mut stream = server.open(&ticket.request()).await;
            let opened = stream.next().await.expect("sse.open");
            assert_eq!(opened.event.as_deref(), Some("sse.open"));
            streams.push(stream);
        }
    }
    let signalled = Instant::now();
    server.terminate();
    let mut waits = BTreeSet::new();
    for stream in &mut streams {
        let (events, end) = stream.rest().await;
        assert_eq!(end, End::Proper);
        let names: Vec<_> = events.iter().filter_map(|it| it.event.as_deref()).collect();
        assert!(
            !names.contains(&"sse.close"),
            "it is to come back: {names:?}"
        );
        let wait = stream.retry().expect("a time to come back after");
        assert!((1_000..=6_000).contains(&wait), "{wait}");
        waits.insert(wait);
    }
    let spread = waits.last().expect("some") - waits.first().expect("some");
    assert!(waits.len() > STREAMS && spread > 1_000, "{waits:?}");
    let status = server
        .ended(Duration::from_secs(10))
        .await
        .expect("it ends");
    let took = signalled.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(status.success(), "{status}: {}", server.log().text());
}

macro_rules! shutdowns {
    ($setup:ident, $program:expr, $store:literal) => {
        mod $setup {
            use sse_gate_tests::Setup;

            #[tokio::test]
            async fn a_signal_sends_every_client_back_at_a_time_of_its_own() {
                let setup = Setup::new($program, $store);
                super::a_signal_sends_every_client_back_at_a_time_of_its_own(setup).await;
            }
        }
    };
}
for_each_setup!(shutdowns);
