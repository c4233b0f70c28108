//! Streams that are opened as they should be.

use std::time::{Duration, Instant};

use sse_gate_tests::{End, Event, Response, Setup, jwt};

/// D1: from the JWT to the last event, flow A as its clients see it.
pub(crate) async fn a_generation_is_streamed_in_order_to_its_end(setup: Setup) {
    let server = setup.arg("pace", 20).start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let (events, end) = alice.open(&id).await.rest().await;
    assert_eq!(end, End::Proper);
    let numbers: Vec<_> = events.iter().map(Event::seq).collect();
    assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
    let ids = events.iter().map(|event| event.id.clone().expect("an id"));
    assert!(ids.eq(numbers.iter().map(ToString::to_string)));
    let said = |name: &str| {
        events
            .iter()
            .map(|event| event.json()[name].clone())
            .collect::<Vec<_>>()
    };
    let mut statuses = said("status");
    statuses.dedup();
    assert_eq!(statuses, ["pending", "processing", "completed"]);
    let mut stages = said("stage");
    stages.dedup();
    assert_eq!(
        stages,
        [
            "parsing",
            "schema_extraction",
            "code_generation",
            "formatting"
        ]
    );
    let progress: Vec<_> = said("progress")
        .iter()
        .map(|it| it.as_f64().expect("a number"))
        .collect();
    assert!(progress.is_sorted(), "{progress:?}");
    assert_eq!(progress.last(), Some(&1.0));
    let state = alice.state(&id).await;
    assert_eq!(state["status"], "completed");
    assert!(
        state["result"]
            .as_str()
            .expect("code")
            .contains("pub struct"),
        "{state}"
    );
}

/// A13, D4, D10, D16: nothing may store, transform, buffer, compress or sniff a stream.
pub(crate) async fn a_stream_has_exactly_these_headers(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    let request = minted
        .request()
        .header("Accept-Encoding", "gzip, deflate, br, zstd");
    let stream = server.open(&request).await;
    has_the_headers_of_a_stream(&stream.response);
}

/// It has those that a stream is to have, and no other.
pub(crate) fn has_the_headers_of_a_stream(response: &Response) {
    let mut headers = response.headers.clone();
    // What browsers may tell apart is CORS's business.
    headers.retain(|(name, _)| name != "date" && name != "vary");
    headers.sort();
    let expected = [
        ("cache-control", "no-store, no-transform, private"),
        ("content-type", "text/event-stream"),
        ("referrer-policy", "no-referrer"),
        ("transfer-encoding", "chunked"),
        ("x-accel-buffering", "no"),
        ("x-content-type-options", "nosniff"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(headers, expected);
}

/// The names of the contract, and no other.
pub(crate) async fn an_event_has_exactly_these_members(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let event = alice.open(&id).await.next().await.expect("an event");
    assert_eq!(event.event, None, "an EventSource hears of it by onmessage");
    let json = event.json();
    let mut names: Vec<_> = json
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    names.sort();
    let expected = [
        "generation_id",
        "message",
        "progress",
        "seq",
        "stage",
        "status",
        "timestamp",
    ];
    assert_eq!(names, expected);
    assert_eq!(json["generation_id"], *id);
    assert!(json["timestamp"].as_f64().expect("a number") > 1.6e9);
}

/// A stream of what is over says how it ended, and no more.
pub(crate) async fn a_finished_generation_gives_its_final_state_and_ends(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    for round in 0..3 {
        let (events, end) = alice.open(&id).await.rest().await;
        assert_eq!((events.len(), end), (1, End::Proper), "in round {round}");
        assert_eq!(events[0].json()["status"], "completed", "in round {round}");
    }
}

/// C11, G7: no stream outlives the JWT that it was opened for.
pub(crate) async fn a_stream_ends_with_the_jwt_that_asked_for_it(setup: Setup) {
    let server = setup.arg("pace", 500).start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let mut claims = jwt::claims("alice");
    claims["exp"] = (jwt::now() + 5).into();
    let alice = alice.with_jwt(jwt::with_claims(&claims));
    let mut stream = alice.open(&id).await;
    let opened = Instant::now();
    let (events, _) = stream.rest().await;
    let lasted = opened.elapsed();
    assert!(lasted < Duration::from_secs(8), "{lasted:?}");
    let last = events.last().expect("there was time for one");
    assert_eq!(last.json()["status"], "processing", "it had more to say");
}

/// B14, C13: what the stream is of was settled when its token was issued.
pub(crate) async fn a_handler_goes_by_the_grant_and_not_by_the_query(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let (id, other) = (alice.finish().await, alice.finish().await);
    let minted = alice.mint(&id).await;
    let more = format!("&generation_id={other}&room=2&last_event_id=0&sub=bob");
    let mut stream = server
        .open(&minted.request().target(minted.target() + &more))
        .await;
    let (events, _) = stream.rest().await;
    assert_eq!(events.len(), 1, "the final state, not all from the start");
    assert_eq!(events[0].json()["generation_id"], *id);
}
