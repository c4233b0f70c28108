//! Streams that go on where an earlier one broke off.

use serde_json::json;
use sse_gate_tests::{Event, Setup, User};

/// A1, A12: a reconnect brings a new token and the last id, and misses nothing.
pub(crate) async fn a_stream_goes_on_after_the_last_event_seen(setup: Setup) {
    let server = setup.arg("pace", 20).start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let mut seen = Vec::new();
    let mut minted = alice.mint(&id).await;
    let mut connections = 0;
    loop {
        let mut stream = server.open(&minted.request()).await;
        connections += 1;
        for _ in 0..10 {
            seen.extend(stream.next().await);
        }
        let last = seen.last().expect("every connection gave some");
        if last.json()["status"] == "completed" {
            break;
        }
        minted = alice
            .mint_after(&id, last.id.as_deref().expect("an id"))
            .await;
    }
    let numbers: Vec<_> = seen.iter().map(Event::seq).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert!(
        connections > 2,
        "it was broken off too seldom to say anything"
    );
    let reconnects = server.metrics().await.get("sse_gate_reconnects_total", &[]);
    assert_eq!(reconnects, connections - 1);
}

/// C14, H2: an id that the server never gave is no id.
pub(crate) async fn an_event_id_that_is_none_is_refused(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let rows = [
        json!({ "last_event_id": "1\r\ndata: x" }),
        json!({ "last_event_id": "-1" }),
        json!({ "last_event_id": "one" }),
        json!({ "last_event_id": "9".repeat(100) }),
        json!({ "last_event_id": 1 }),
        json!({ "last_event_id": ["1"] }),
        json!([1, 2]),
        json!("1"),
    ];
    for row in rows {
        let response = alice.post(&User::mint_path(&id), &row).await;
        assert_eq!(response.status, 422, "{row}: {response:?}");
        assert!(response.is_problem(), "{row}: {response:?}");
    }
    for fine in [
        json!({}),
        json!({ "last_event_id": null }),
        json!({ "last_event_id": "" }),
    ] {
        let response = alice.post(&User::mint_path(&id), &fine).await;
        assert_eq!(response.status, 200, "{fine}: {response:?}");
    }
}

/// B7, I14: in flow A a fresh token never mixes with what a header says about another stream.
pub(crate) async fn a_header_with_an_event_id_changes_nothing(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    for value in ["1", "sser1.AAAA", &"9".repeat(64 * 1024)] {
        let minted = alice.mint(&id).await;
        let request = minted.request().header("Last-Event-ID", value);
        let (events, _) = server.open(&request).await.rest().await;
        assert_eq!(events.len(), 1, "{value:.20}");
    }
}
