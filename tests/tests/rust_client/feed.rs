//! The feed: many events, no end.

use serde_json::json;
use sse_gate_client::{
    EventSource, HyperTransport, MintEachTime, MintOnce, State, TokenSource, Update,
};
use sse_gate_tests::{Setup, User, eventually, in_time};

use crate::cutting::Cutting;
use crate::reading::{bearer, hasty, next, url};

/// H8: what is published while the client is away comes when it is back, each event once.
pub(crate) async fn a_feed_goes_on_after_the_server_cuts_it(setup: Setup) {
    let server = setup.arg("retry", 10).start();
    let alice = server.user("alice");
    let mint = url(&server, "/topics/news/stream-token");
    let source = MintOnce::new(&mint, json!({})).expect("it is a URL");
    let mints = goes_on(&alice, source.with_bearer(bearer(&alice))).await;
    assert_eq!(mints, 1);
}

/// H8: the same with a new session each time. The mint is told the number of the last event, and no id.
pub(crate) async fn a_feed_goes_on_with_a_new_token_each_time(setup: Setup) {
    let server = setup.arg("retry", 10).start();
    let alice = server.user("alice");
    let mint = url(&server, "/topics/news/stream-token");
    let source = MintEachTime::new(&mint).expect("it is a URL");
    let mints = goes_on(&alice, source.with_bearer(bearer(&alice))).await;
    assert!(mints >= 4, "{mints}");
}

/// Follows the feed over four cuts; how often a token was asked for.
async fn goes_on(alice: &User<'_>, source: impl TokenSource) -> usize {
    let transport = HyperTransport::new().expect("there are roots");
    let (transport, record) = Cutting::new(transport, &[]);
    let mut updates = EventSource::with_settings(transport, source, hasty());
    loop {
        let update = in_time("it opens", futures_util::StreamExt::next(&mut updates)).await;
        if let Some(Ok(Update::State(State::Open))) = update {
            break;
        }
    }
    let mut events = updates.events();
    let reading = tokio::spawn(async move {
        let mut seen = Vec::new();
        while seen.last() != Some(&15) {
            let event: serde_json::Value = next(&mut events).await.json().expect("it is JSON");
            seen.push(event["n"].as_u64().expect("a number"));
        }
        (seen, events.lost())
    });
    for round in 0..4_u64 {
        for n in 0..2 {
            alice.publish("news", &json!({ "n": 4 * round + n })).await;
        }
        // There is no connection while the client comes back.
        eventually("a connection is cut", async || {
            let stream = json!({ "stream": record.last_token() });
            alice.post("/demo/drop", &stream).await.status == 204
        })
        .await;
        for n in 2..4 {
            alice.publish("news", &json!({ "n": 4 * round + n })).await;
        }
    }
    let (seen, lost) = in_time("the end", reading).await.expect("no panic");
    assert_eq!(seen, (0..16).collect::<Vec<_>>());
    assert_eq!(lost, 0);
    assert!(record.count("GET") >= 4, "{record:?}");
    assert_eq!(record.count(&alice.jwt), 0);
    record.count("POST")
}
