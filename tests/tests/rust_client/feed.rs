//! The feed: many events, no end.

use futures_util::{Stream, StreamExt};
use serde_json::json;
use sse_gate_client::{
    Bearer, BoxError, Error, ErrorKind, EventSource, HyperTransport, MintEachTime, MintOnce, State,
    TokenSource, Update,
};
use sse_gate_tests::{Setup, User, eventually, in_time, jwt};

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

/// A session ends with the JWT that it was opened with, and the feed goes on in another one.
pub(crate) async fn a_feed_outlives_its_sessions(setup: Setup) {
    let server = setup.arg("retry", 10).start();
    let alice = server.user("alice");
    let source = MintOnce::new(&url(&server, "/topics/news/stream-token"), json!({}));
    let source = source.expect("it is a URL").with_bearer(short_lived);
    let transport = HyperTransport::new().expect("there are roots");
    let (transport, record) = Cutting::new(transport, &[]);
    let source = source.with_renewal(true);
    let mut updates = EventSource::with_settings(transport, source, hasty());
    until_open(&mut updates).await;
    let mut events = updates.events();
    let mut published = 0;
    while record.count("POST") < 4 {
        published += 1;
        alice.publish("news", &json!({ "n": published })).await;
        let event: serde_json::Value = next(&mut events).await.json().expect("it is JSON");
        assert_eq!(event["n"], published);
    }
    assert_eq!(events.lost(), 0);
}

/// Without renewal the client is told why.
pub(crate) async fn the_end_of_a_session_is_told(setup: Setup) {
    let server = setup.start();
    let source = MintOnce::new(&url(&server, "/topics/news/stream-token"), json!({}));
    let source = source.expect("it is a URL").with_bearer(short_lived);
    let transport = HyperTransport::new().expect("there are roots");
    let mut events = EventSource::with_settings(transport, source, hasty()).events();
    let ended = in_time("an end", events.next()).await;
    let error = ended
        .expect("it is told")
        .expect_err("nothing is published");
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert!(error.to_string().contains("deadline"), "{error}");
}

/// A JWT that ends soon.
async fn short_lived(_refused: bool) -> Result<Bearer, BoxError> {
    let mut claims = jwt::claims("alice");
    claims["exp"] = (jwt::now() + 2).into();
    Ok(Bearer::new(jwt::with_claims(&claims))?)
}

/// Waits until the stream is open.
async fn until_open<S>(updates: &mut S)
where
    S: Stream<Item = Result<Update, Error>> + Unpin,
{
    let opens = async {
        loop {
            if let Some(Ok(Update::State(State::Open))) = updates.next().await {
                return;
            }
        }
    };
    in_time("it opens", opens).await;
}

/// Follows the feed over four cuts; how often a token was asked for.
async fn goes_on(alice: &User<'_>, source: impl TokenSource) -> usize {
    let transport = HyperTransport::new().expect("there are roots");
    let (transport, record) = Cutting::new(transport, &[]);
    let mut updates = EventSource::with_settings(transport, source, hasty());
    until_open(&mut updates).await;
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
