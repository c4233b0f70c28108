//! Client libraries from npm, as other people's pages and programs use them.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use sse_gate_tests::engines::{Board, Plan, Process, Proxy, Way, program};
use sse_gate_tests::{Output, eventually, jwt};

use crate::{SERVERS, setup};

/// Where they are installed, by `npm ci`.
const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");

/// What a client has said, line by line.
fn lines(said: &Output) -> Vec<Value> {
    let text = said.text();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let line = |line: &str| serde_json::from_str(line).expect("a line is JSON");
    whole.lines().map(line).collect()
}

/// Follows a topic through two cuts, with a fresh token at each attempt, beside the id of the event
/// that was last seen. Each attempt is answered with 200, and all events that are published while it
/// is there come once.
async fn comes_back(library: &str, server: &'static str) {
    assert!(
        Path::new(CLIENTS).join("node_modules").is_dir(),
        "the clients are not installed: run `npm ci` in tests/clients"
    );
    let server = setup(server).start();
    let proxy = Proxy::start(server.addr(), Plan::none(), Board::default()).await;
    let alice = server.user("alice");
    let mut command = Command::new(program(&["node"], "nodejs"));
    command.current_dir(CLIENTS).args(["follow.mjs", library]);
    command.args([&proxy.url(""), "topics/news", &jwt::of("bob"), "fresh"]);
    let mut client = Process::start(command.stdout(Stdio::piped()));
    let said = client.output();
    let has = async |what: Value, count: usize| {
        eventually(&format!("{count} × {what}"), async || {
            let lines = lines(&said);
            let refused = lines.iter().find(|line| {
                let status = line.get("status").and_then(Value::as_u64);
                status.is_some_and(|status| status != 200)
            });
            assert_eq!(refused, None, "{library}: {lines:?}");
            lines.iter().filter(|line| **line == what).count() >= count
        })
        .await;
    };
    for (round, way) in [Some(Way::Close), Some(Way::End), None]
        .into_iter()
        .enumerate()
    {
        has(json!("open"), round + 1).await;
        eventually("it reads", async || {
            server.metrics().await.connections() >= 1
        })
        .await;
        alice.publish("news", &json!(round)).await;
        has(json!({ "data": round.to_string() }), 1).await;
        if let Some(way) = way {
            proxy.cut_all(way);
        }
    }
    let data = lines(&said).into_iter();
    let data: Vec<_> = data.filter(|line| line.get("data").is_some()).collect();
    let expected: Vec<_> = (0..3).map(|n| json!({ "data": n.to_string() })).collect();
    assert_eq!(data, expected, "{library}");
}

/// I14: npm's `eventsource`, with a `fetch` that asks for a token.
#[tokio::test]
async fn eventsource_comes_back_with_a_fresh_token() {
    comes_back("eventsource", SERVERS[0]).await;
}

/// I14: `@microsoft/fetch-event-source`, which sends the last id by itself, too.
#[tokio::test]
async fn fetch_event_source_comes_back_with_a_fresh_token() {
    comes_back("fetch-event-source", SERVERS[1]).await;
}

/// I14: `event-source-polyfill`, which puts the last id into the query.
#[tokio::test]
async fn event_source_polyfill_comes_back_with_a_fresh_token() {
    comes_back("event-source-polyfill", SERVERS[2]).await;
}
