//! A strict stream on which nothing is said, in a browser.

use std::time::Duration;

use sse_gate_tests::engines::{Board, Engine, Job, PATIENCE, Plan, Proxy, Report};
use sse_gate_tests::{Setup, eventually, in_time_of};
use tokio::time::{sleep, timeout};

const NAME: &str = "quiet";

/// H11: Firefox fires `open` with the first bytes of the body, and not with the head. Here no event
/// comes, and the first heartbeat after 15 s.
#[tokio::test]
async fn a_quiet_stream_opens_in_firefox_at_once() {
    let server = Setup::new(env!("CARGO_BIN_EXE_server-axum"), "memory");
    // The second record of a generation is an hour away.
    let server = server.arg("pace", 3_600_000).start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let minted = alice.mint_after(&id, "1").await;
    let job = Job {
        name: NAME.to_owned(),
        url: minted.target(),
        events: Vec::new(),
    };
    let board = Board::new(&[job], 1);
    let proxy = Proxy::start(server.addr(), Plan::none(), board).await;
    let _browser = Engine::Firefox.open(&proxy.page());
    let asks = async {
        while server.metrics().await.connections() != 1 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    in_time_of(PATIENCE, "the browser asks for the stream", asks).await;
    let is_open = || proxy.board().reports(NAME).contains(&Report::Open);
    let opens = eventually("the stream is open", async || is_open());
    // Before the first heartbeat.
    let opened = timeout(Duration::from_secs(12), opens).await;
    assert!(opened.is_ok(), "{:?}", proxy.board().reports(NAME));
}
