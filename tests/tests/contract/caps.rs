//! How much one user may have, and all of them together.

use sse_gate_tests::{Request, Setup, eventually, h2};

/// C15: at the cap 429 with a time to come back; a token that is used makes room; nobody else
/// notices.
pub(crate) async fn a_user_with_too_many_tokens_waits_and_others_do_not(setup: Setup) {
    let server = setup.arg("tokens-per-subject", 3).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let (id, bobs) = (alice.finish().await, bob.finish().await);
    let first = alice.mint(&id).await;
    alice.mint(&id).await;
    alice.mint(&id).await;
    for round in 0..50 {
        let response = alice.ask(&id).await;
        assert_eq!(response.status, 429, "in round {round}");
        assert!(response.is_problem());
        let retry_after = response.header("retry-after").expect("a time");
        let secs: u64 = retry_after.parse().expect("whole seconds");
        assert!((1..=60).contains(&secs), "{secs}");
    }
    let bobs = bob.mint(&bobs).await;
    assert_eq!(server.send(&bobs.request()).await.status, 200);
    assert_eq!(
        server.send(&first.request()).await.status,
        200,
        "none was evicted"
    );
    alice.mint(&id).await;
    let metrics = server.metrics().await;
    assert_eq!(metrics.requests("full_tokens_per_subject"), 50);
}

/// C15, G8: at the cap 429; a stream that ends makes room; nobody else notices.
pub(crate) async fn a_user_with_too_many_streams_waits_and_others_do_not(setup: Setup) {
    let server = setup.arg("streams-per-subject", 2).arg("pace", 200).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let (id, bobs) = (alice.start().await, bob.start().await);
    let first = alice.open(&id).await;
    let _second = alice.open(&id).await;
    let minted = alice.mint(&id).await;
    let response = server.send(&minted.request()).await;
    assert_eq!(response.status, 429, "{response:?}");
    assert!(response.is_problem() && response.header("retry-after").is_some());
    let _bobs = bob.open(&bobs).await;
    drop(first);
    eventually("a client that went away makes room", async || {
        server.metrics().await.connections() < 3
    })
    .await;
    let _third = alice.open(&id).await;
}

/// C16, G8: at the cap of all streams 503 before any token is looked at.
pub(crate) async fn a_full_server_spends_no_token(setup: Setup) {
    let server = setup.arg("streams", 1).arg("pace", 200).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let (id, bobs) = (alice.start().await, bob.start().await);
    let only = alice.open(&id).await;
    let minted = bob.mint(&bobs).await;
    for target in [
        minted.target(),
        format!("{}?token=garbage", minted.stream_url),
    ] {
        let response = server.send(&Request::stream(target)).await;
        assert_eq!(response.status, 503, "{response:?}");
        assert_eq!(response.header("retry-after"), Some("1"));
    }
    let connection = h2::Connection::open(server.addr()).await;
    assert_eq!(connection.streams(&minted.target(), 4).await, [503; 4]);
    drop(only);
    eventually("a client that went away makes room", async || {
        server.metrics().await.connections() == 0
    })
    .await;
    let _bobs = server.open(&minted.request()).await;
}
