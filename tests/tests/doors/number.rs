//! Callers that keep the number of the last event, and no id of the library's.

use serde_json::{Value, json};
use sse_gate::Gate;
use sse_gate::sessions::LogLimits;
use sse_gate_tests::{EventStream, Request};

use crate::bearer::numbers;
use crate::service::{Framework, Service, by_caller};

/// What `sse.open` says is missing.
async fn gap(stream: &mut EventStream) -> Value {
    let opened = stream.next().await.expect("sse.open");
    assert_eq!(opened.event.as_deref(), Some("sse.open"));
    opened.json()["gap"].clone()
}

/// The ways to name a number, by GET and by POST.
fn ways(path: &str, number: u64) -> [Request; 4] {
    let header = by_caller("alice", path).header("Last-Event-ID", number.to_string());
    let query = by_caller("alice", &format!("{path}?color=red&after={number}"));
    [
        header.clone(),
        header.method("POST"),
        query.clone(),
        query.method("POST"),
    ]
}

/// A number in `Last-Event-ID` or in the query: the stream begins with the event behind it.
pub(crate) async fn a_caller_begins_behind_a_number(framework: Framework) {
    let service = Service::start(framework).await;
    for _ in 0..5 {
        service.publish().await;
    }
    for after in 0..=5 {
        for request in ways("/feed/7", after) {
            let mut stream = service.open(&request).await;
            assert_eq!(gap(&mut stream).await, Value::Null, "{request:?}");
            let missed = usize::try_from(5 - after).expect("a few");
            let events = stream.take(missed).await;
            assert!(
                numbers(&events).into_iter().eq(after + 1..=5),
                "{request:?}"
            );
        }
    }
    // What is no number names none: the stream begins now.
    for bad in ["-1", "1.0", "x", "99999999999999999999999"] {
        let request = by_caller("alice", "/feed/7").header("Last-Event-ID", bad);
        let mut stream = service.open(&request).await;
        assert_eq!(gap(&mut stream).await, Value::Null, "{bad}");
        let n = service.publish().await;
        assert_eq!(numbers(&stream.take(1).await), [n], "{bad}");
    }
}

/// I8, I9: events that the log has no more are said to be missing, and so are those that it never had.
pub(crate) async fn what_a_caller_misses_is_said_first(framework: Framework) {
    let limits = LogLimits::default().with_max_events(3);
    let service = Service::start_with(framework, Gate::in_memory(), limits).await;
    for _ in 0..10 {
        service.publish().await;
    }
    for request in ways("/feed/7", 4) {
        let mut stream = service.open(&request).await;
        let expected = json!({ "from": 5, "to": 7 });
        assert_eq!(gap(&mut stream).await, expected, "{request:?}");
        let events = stream.take(4).await;
        assert_eq!(events[0].event.as_deref(), Some("sse.gap"), "{request:?}");
        assert_eq!(numbers(&events), [8, 9, 10], "{request:?}");
    }
    for after in [40, u64::MAX] {
        for request in ways("/feed/7", after) {
            let last = service.publish().await;
            let mut stream = service.open(&request).await;
            let expected = json!({ "from": last + 1, "to": after });
            assert_eq!(gap(&mut stream).await, expected, "{request:?}");
            let said = stream.next().await.expect("sse.gap");
            assert_eq!(said.event.as_deref(), Some("sse.gap"), "{request:?}");
            let n = service.publish().await;
            assert_eq!(numbers(&stream.take(1).await), [n], "{request:?}");
        }
    }
}

/// A token opens its stream where the handler says, whatever number stands beside it.
pub(crate) async fn a_number_beside_a_token_means_nothing(framework: Framework) {
    let service = Service::start(framework).await;
    service.publish().await;
    let url = service.minted("alice", "/feed/7/token").await;
    let request = Request::resume(format!("{url}&after=0"), "0");
    let mut stream = service.open(&request).await;
    assert_eq!(gap(&mut stream).await, Value::Null);
    let n = service.publish().await;
    assert_eq!(numbers(&stream.take(1).await), [n]);
}
