//! A user signs out, or loses an account: [`Gate::revoke`](sse_gate::Gate::revoke).

use std::time::{Duration, Instant};

use sse_gate::sessions::LogLimits;
use sse_gate::{Gate, StorePolicy, Subject};
use sse_gate_tests::{End, EventStream, Request, Slow, Wait, eventually};

use crate::bearer::{last_id, numbers};
use crate::service::{AT_ONCE, Framework, Service, by_caller};

fn alice() -> Subject {
    Subject::new("alice").expect("a subject")
}

/// Reads a stream to its end, which must come at once; the name and the data of its last event.
async fn ends_at_once(stream: &mut EventStream) -> (Option<String>, String) {
    let start = Instant::now();
    let (mut events, end) = stream.rest().await;
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
    assert_eq!(end, End::Proper);
    let last = events.pop().unwrap_or_default();
    (last.event, last.data)
}

/// G7, I15: unused tokens, strict streams and sessions, by tokens and by a caller's own credential. Those
/// of others go on.
pub(crate) async fn all_that_a_user_has_ends_at_once(framework: Framework) {
    let service = Service::start(framework).await;
    let unused = [
        service.minted("alice", "/strict/7/token").await,
        service.minted("alice", "/feed/7/token").await,
    ];
    let strict = service.minted("alice", "/strict/7/token").await;
    let feed = service.minted("alice", "/feed/7/token").await;
    let mut strict = [
        service.open(&Request::stream(strict)).await,
        service.open(&by_caller("alice", "/strict/7")).await,
    ];
    let feed_request = Request::stream(feed);
    let mut feeds = [
        service.open(&feed_request).await,
        service.open(&by_caller("alice", "/feed/7")).await,
    ];
    let mut ids = Vec::new();
    for stream in &mut strict {
        stream.take(1).await;
    }
    for stream in &mut feeds {
        ids.push(last_id(&stream.take(1).await));
    }
    let mut bobs = service.open(&by_caller("bob", "/feed/7")).await;
    let bobs_token = service.minted("bob", "/strict/7/token").await;
    bobs.take(1).await;

    let revoked = service
        .gate()
        .revoke(&alice())
        .await
        .expect("stores in memory");
    assert_eq!(revoked.tokens(), 2);
    assert_eq!(revoked.sessions(), 2);
    assert_eq!(revoked.streams(), 2);
    for stream in &mut strict {
        assert_eq!(ends_at_once(stream).await, (None, String::new()));
    }
    for stream in &mut feeds {
        let close = (
            Some("sse.close".into()),
            r#"{"v":1,"reason":"revoked"}"#.into(),
        );
        assert_eq!(ends_at_once(stream).await, close);
    }
    for url in unused {
        assert_eq!(service.send(&Request::stream(url)).await.status, 401);
    }
    // A browser that comes back is told to stop.
    let back = feed_request.header("Last-Event-ID", &*ids[0]);
    assert_eq!(service.send(&back).await.status, 204);

    let n = service.publish().await;
    assert_eq!(numbers(&bobs.take(1).await), [n]);
    service.open(&Request::stream(bobs_token)).await;
    let again = service
        .gate()
        .revoke(&alice())
        .await
        .expect("stores in memory");
    assert_eq!(
        (again.tokens(), again.sessions(), again.streams()),
        (0, 0, 0)
    );
}

/// A revocation ends what there is, and is no ban: who is known by a credential that is good comes
/// in again. That is the authenticator's to decide.
pub(crate) async fn a_caller_that_was_revoked_may_come_back_with_a_good_credential(
    framework: Framework,
) {
    let service = Service::start(framework).await;
    let mut stream = service.open(&by_caller("alice", "/feed/7")).await;
    let id = last_id(&stream.take(1).await);
    service
        .gate()
        .revoke(&alice())
        .await
        .expect("stores in memory");
    let back = by_caller("alice", "/feed/7").header("Last-Event-ID", &*id);
    assert_eq!(service.send(&back).await.status, 204, "that one is over");
    service.open(&by_caller("alice", "/feed/7")).await;
    service.open(&by_caller("alice", "/strict/7")).await;
    let url = service.minted("alice", "/feed/7/token").await;
    service.open(&Request::stream(url)).await;
}

/// G22: the store has given the token's entry away when its user is revoked, and the stream is not open
/// yet. It does not open.
pub(crate) async fn a_token_that_is_being_taken_opens_nothing(framework: Framework) {
    for name in ["strict", "feed"] {
        let store = Slow::new(Wait::After);
        let gate = Gate::builder()
            .with_store_policy(StorePolicy::default().with_budget(Duration::from_secs(20)))
            .build(store.clone());
        let service = Service::start_with(framework, gate, LogLimits::default()).await;
        let request = Request::stream(service.minted("alice", &format!("/{name}/7/token")).await);
        let mut connection = service.connect().await;
        connection.send(&request.bytes()).await;
        eventually("the store is asked", async || store.asked() == 1).await;
        let revoked = service.gate().revoke(&alice()).await.expect("a good store");
        assert_eq!(revoked.sessions() + revoked.streams(), 0, "{name}");
        store.let_go();
        let answer = connection.response(&request).await;
        assert_eq!(answer.status, 401, "{name}: {answer:?}");
        assert_eq!(store.answered(), 1, "{name}");
        assert!(service.heard().is_empty(), "{name}: no handler was asked");
    }
}
