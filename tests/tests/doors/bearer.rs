//! Callers that open a stream with the credential that they would get a token for.

use sse_gate_tests::{Event, Request, jwt};

use crate::service::{Framework, Service, by_caller};

/// The last id among these events.
pub(crate) fn last_id(events: &[Event]) -> String {
    let last = events.iter().rev().find_map(|event| event.id.clone());
    last.expect("an id")
}

/// The numbers that the service has published, among these events.
pub(crate) fn numbers(events: &[Event]) -> Vec<u64> {
    let own = events.iter().filter(|event| event.event.is_none());
    own.map(|event| event.data.parse().expect("a number"))
        .collect()
}

/// GET and POST, with the credential in a header and nothing in the URL.
pub(crate) async fn a_caller_opens_a_stream_with_nothing_in_its_url(framework: Framework) {
    let service = Service::start(framework).await;
    for method in ["GET", "POST"] {
        let request = by_caller("alice", "/feed/7").method(method);
        let mut stream = service.open(&request).await;
        let opened = stream.next().await.expect("sse.open");
        assert_eq!(opened.event.as_deref(), Some("sse.open"), "{method}");
        assert_eq!(opened.json()["gap"], serde_json::Value::Null, "{method}");
        let n = service.publish().await;
        let event = stream.next().await.expect("an event");
        assert_eq!(numbers(&[event]), [n], "{method}");
    }
    let put = by_caller("alice", "/feed/7").method("PUT");
    let refused = service.send(&put).await;
    assert_eq!(refused.status, 405);
    assert_eq!(refused.header("allow"), Some("GET, POST, OPTIONS"));
}

/// The same on a strict route, whose streams can't be gone on with.
pub(crate) async fn a_caller_opens_a_strict_stream(framework: Framework) {
    let service = Service::start(framework).await;
    for method in ["GET", "POST"] {
        let request = by_caller("alice", "/strict/7").method(method);
        for last_event_id in [None, Some("41"), Some("sser1.x")] {
            let request = match last_event_id {
                Some(id) => request.clone().header("Last-Event-ID", id),
                None => request.clone(),
            };
            let mut stream = service.open(&request).await;
            let first = stream.next().await.expect("an event");
            assert_eq!(first.data, "alice", "{request:?}");
        }
    }
}

/// I17: cut off again and again, a caller has every event once and in order, with the last id that it
/// saw and its credential, by GET and by POST.
pub(crate) async fn a_caller_goes_on_and_misses_nothing(framework: Framework) {
    let service = Service::start(framework).await;
    let mut stream = service.open(&by_caller("alice", "/feed/7")).await;
    let mut id = last_id(&stream.take(1).await);
    let (mut seen, mut published) = (Vec::new(), 0);
    for round in 0..20 {
        for _ in 0..4 {
            published = service.publish().await;
        }
        // Some are read, some are on their way, and some come when there is no connection.
        let events = stream.take(1 + round % 4).await;
        if round % 2 == 0 {
            stream.reset();
        } else {
            drop(stream);
        }
        seen.extend(numbers(&events));
        id = last_id(
            &[
                vec![Event {
                    id: Some(id),
                    ..Event::default()
                }],
                events,
            ]
            .concat(),
        );
        let method = if round % 3 == 0 { "POST" } else { "GET" };
        let request = by_caller("alice", "/feed/7").method(method);
        stream = service.open(&request.header("Last-Event-ID", &*id)).await;
        let opened = stream.next().await.expect("sse.open");
        assert_eq!(
            opened.event.as_deref(),
            Some("sse.open"),
            "in round {round}"
        );
        assert_eq!(
            opened.json()["gap"],
            serde_json::Value::Null,
            "in round {round}"
        );
        id = last_id(&[opened]);
    }
    while seen.last() != Some(&published) {
        seen.extend(numbers(&stream.take(1).await));
    }
    assert!(seen.iter().copied().eq(1..=published), "{seen:?}");
}

/// The body of a POST is the handler's, on both kinds of routes and at each opening.
pub(crate) async fn a_post_reaches_its_handler_whole(framework: Framework) {
    let service = Service::start(framework).await;
    let long = "x".repeat(200_000);
    for (n, body) in [r#"{"prompt":"why?"}"#, "", &long].into_iter().enumerate() {
        for path in ["/strict/7", "/feed/7"] {
            let request = by_caller("alice", path).method("POST").body(body);
            let request = request.header("Content-Type", "application/json");
            service.open(&request).await;
            let heard = service.heard();
            assert_eq!(heard.last().expect("a body"), body, "{n}, {path}");
        }
    }
    let get = by_caller("alice", "/feed/7").body("x");
    assert_eq!(service.send(&get).await.status, 400, "a GET has no content");
}

/// B2: a token and a bearer in one request are two credentials. Neither is used up.
pub(crate) async fn a_token_beside_a_bearer_is_one_credential_too_many(framework: Framework) {
    let service = Service::start(framework).await;
    for name in ["strict", "feed"] {
        let url = service.minted("alice", &format!("/{name}/7/token")).await;
        let both = Request::stream(&*url).bearer(&jwt::of("alice"));
        let answer = service.send(&both).await;
        assert_eq!(answer.status, 400, "{name}: {answer:?}");
        assert!(answer.is_problem(), "{name}: {answer:?}");
        service.open(&Request::stream(&*url)).await;
    }
}

/// I2, I21: whoever knows the id of another user's stream gets a stream of their own, and the other goes on
/// as if nothing had been.
pub(crate) async fn an_id_of_another_user_counts_for_nothing(framework: Framework) {
    let service = Service::start(framework).await;
    let mut alices = service.open(&by_caller("alice", "/feed/7")).await;
    service.publish().await;
    let stolen = last_id(&alices.take(2).await);
    for _ in 0..5 {
        let request = by_caller("bob", "/feed/7").header("Last-Event-ID", &*stolen);
        let mut bobs = service.open(&request).await;
        let opened = bobs.next().await.expect("sse.open");
        let own = last_id(&[opened]);
        let session = |id: &str| id.split('.').nth(2).map(str::to_owned);
        assert_ne!(session(&own), session(&stolen), "{own}, {stolen}");
        let n = service.publish().await;
        let event = bobs.next().await.expect("an event");
        assert_eq!(numbers(&[event]), [n], "it begins anew");
        let event = alices.next().await.expect("an event");
        assert_eq!(numbers(&[event]), [n], "it was not replaced");
    }
    drop(alices);
    let request = by_caller("alice", "/feed/7").header("Last-Event-ID", &*stolen);
    let mut alices = service.open(&request).await;
    let events = alices.take(6).await;
    assert_eq!(numbers(&events), [2, 3, 4, 5, 6], "the id was not used up");
}

/// I2: an id of another stream of the same user's counts for nothing either.
pub(crate) async fn an_id_of_another_stream_counts_for_nothing(framework: Framework) {
    let service = Service::start(framework).await;
    let mut seventh = service.open(&by_caller("alice", "/feed/7")).await;
    service.publish().await;
    let id = last_id(&seventh.take(2).await);
    let request = by_caller("alice", "/feed/8").header("Last-Event-ID", &*id);
    let mut eighth = service.open(&request).await;
    let opened = eighth.next().await.expect("sse.open");
    let own = last_id(&[opened]);
    assert_ne!(own.split('.').nth(2), id.split('.').nth(2));
    let n = service.publish().await;
    for stream in [&mut seventh, &mut eighth] {
        let event = stream.next().await.expect("an event");
        assert_eq!(numbers(&[event]), [n]);
    }
}

/// C7, C8: no credential, or a bad one, opens nothing, whatever else the request shows. What the
/// authorizer refuses is refused here, too.
pub(crate) async fn without_a_good_credential_there_is_no_stream(framework: Framework) {
    let service = Service::start(framework).await;
    let mut alices = service.open(&by_caller("alice", "/feed/7")).await;
    let id = last_id(&alices.take(1).await);
    let mut expired = jwt::claims("alice");
    expired["exp"] = (jwt::now() - 60).into();
    let expired = jwt::with_claims(&expired);
    for path in ["/strict/7", "/feed/7"] {
        let get = Request::stream(path);
        let post = get.clone().method("POST");
        for request in [
            get.clone(),
            get.clone()
                .header("Authorization", "Basic YWxpY2U6ZGVtbw=="),
            get.clone().header("Last-Event-ID", &*id),
            get.clone().bearer("garbage"),
            get.clone().bearer(&expired),
            get.bearer(&expired).header("Last-Event-ID", &*id),
            post.clone().bearer("garbage"),
            post.clone().bearer(&expired),
            post.bearer(&expired).header("Last-Event-ID", &*id),
        ] {
            let answer = service.send(&request).await;
            assert_eq!(answer.status, 401, "{request:?}: {answer:?}");
            let challenge = answer.header("www-authenticate").expect("a challenge");
            assert!(challenge.starts_with("Bearer "), "{request:?}: {challenge}");
        }
    }
    let forbidden = service.send(&by_caller("alice", "/feed/forbidden")).await;
    assert_eq!(forbidden.status, 403);
    let n = service.publish().await;
    let event = alices.next().await.expect("an event");
    assert_eq!(numbers(&[event]), [n], "her stream goes on");
}
