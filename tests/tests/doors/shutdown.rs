//! Servers that stop while streams are open: [`GateLayer::until`](sse_gate::GateLayer::until).

use std::collections::BTreeSet;

use sse_gate_tests::{End, Request, in_time};

use crate::bearer::{last_id, numbers};
use crate::service::{Framework, Service, by_caller};

/// G9: a server that waits for its connections, axum's without a limit, does not wait for streams
/// that would go on for ever. No handler has to know of the shutdown, nor has axum's own `Sse`.
pub(crate) async fn a_server_with_open_streams_stops(framework: Framework) {
    let mut service = Service::start(framework).await;
    let token = service.minted("alice", "/strict/7/token").await;
    let mut streams = Vec::new();
    for request in [
        Request::stream(token),
        by_caller("alice", "/strict/axum"),
        by_caller("alice", "/strict/8").method("POST"),
        by_caller("alice", "/feed/7"),
    ] {
        let mut stream = service.open(&request).await;
        stream.take(1).await;
        streams.push(stream);
    }
    service.stop().await;
    for mut stream in streams {
        let (events, end) = stream.rest().await;
        assert_eq!((events.len(), end), (0, End::Proper));
    }
}

/// G9, G10: clients of resumable streams get a time to come back after, each another one, and nothing that
/// would make them stop. Their session is still there.
pub(crate) async fn clients_that_can_come_back_are_told_when(framework: Framework) {
    let mut service = Service::start(framework).await;
    let mut streams = Vec::new();
    for n in 0..12 {
        let user = format!("user-{n}");
        let mut stream = service.open(&by_caller(&user, "/feed/7")).await;
        let events = stream.take(1).await;
        assert!(!last_id(&events).is_empty());
        streams.push((stream.retry(), stream));
    }
    let n = service.publish().await;
    service.stop().await;
    let (mut waits, mut same) = (BTreeSet::new(), 0);
    for (before, mut stream) in streams {
        let (events, end) = stream.rest().await;
        assert_eq!(end, End::Proper);
        assert_eq!(numbers(&events), [n], "and not a word more: {events:?}");
        assert!(
            events.iter().all(|event| event.event.is_none()),
            "{events:?}"
        );
        same += usize::from(stream.retry() == before);
        waits.extend(stream.retry());
    }
    assert!(same < 2, "a new time to wait for each, but by chance");
    assert!(waits.len() > 6, "they don't all come at once: {waits:?}");
}

/// G9: a request that is under way when the server stops gets no stream that would keep it from
/// stopping.
pub(crate) async fn a_stream_that_is_opened_during_a_shutdown_ends_too(framework: Framework) {
    for path in ["/strict/7", "/feed/7"] {
        let mut service = Service::start(framework).await;
        let request = by_caller("alice", path).method("POST").body("one and two");
        let bytes = request.bytes();
        let (head, rest) = bytes.split_at(bytes.len() - "two".len());
        let mut connection = service.connect().await;
        connection.send(head).await;
        // The handler waits for the rest of the body.
        let mut other = service.open(&by_caller("bob", path)).await;
        service.parts.shutdown.cancel();
        in_time("the other stream ends", other.rest()).await;
        connection.send(rest).await;
        service.stop().await;
    }
}
