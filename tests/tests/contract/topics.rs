//! Topics: who may read them, and what may be published.

use serde_json::json;
use sse_gate_tests::{Request, Setup, jwt};

/// The largest event, in bytes.
const LARGEST: usize = 16 * 1024;

/// What is no name of a topic, as it stands in a path.
fn bad_names() -> [String; 10] {
    let bad = [
        ".", "..", "a%20b", "a%2Fb", "%C3%A9", "%ff", "a:b", "a,b", "~", "",
    ];
    let mut bad = bad.map(str::to_owned);
    bad[9] = "x".repeat(65);
    bad
}

/// The names of the contract, and no other.
pub(crate) async fn a_token_for_a_topic_has_exactly_these_members(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let longest = "x".repeat(64);
    for topic in ["news", "team-7.builds_x", &longest] {
        let path = format!("/topics/{topic}/stream-token");
        let request = Request::post(path, "").bearer(&alice.jwt);
        let mut json = server.send(&request).await.json();
        assert!(json["sse_token"].take().is_string());
        let expected = json!({
            "sse_token": null,
            "expires_in": 60,
            "stream_url": format!("/topics/{topic}/stream"),
            "topic": topic,
        });
        assert_eq!(json, expected);
    }
}

/// B10, C2: what is no name is no topic, for nobody and nothing; no other method does anything.
pub(crate) async fn what_is_no_topic_is_not_found(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let ticket = alice.join("news").await;
    for name in bad_names() {
        let at = |what: &str| format!("/topics/{name}/{what}");
        let mint = Request::post(at("stream-token"), "").bearer(&alice.jwt);
        let publish = Request::post(at("publish"), "1").bearer(&alice.jwt);
        for request in [mint, publish] {
            let response = server.send(&request).await;
            assert_eq!(response.status, 404, "{request:?}: {response:?}");
            assert!(response.is_problem(), "{request:?}: {response:?}");
        }
        let stream = Request::stream(format!("{}?token={}", at("stream"), ticket.token));
        let response = server.send(&stream).await;
        assert!(
            matches!(response.status, 401 | 404),
            "{stream:?}: {response:?}"
        );
    }
    for what in ["stream-token", "publish"] {
        for method in ["GET", "PUT", "DELETE"] {
            let request = Request::new(method, format!("/topics/news/{what}"));
            let response = server.send(&request.bearer(&alice.jwt)).await;
            assert_eq!(response.status, 405, "{method} {what}: {response:?}");
            assert_eq!(response.header("allow"), Some("POST"), "{method} {what}");
        }
    }
    assert_eq!(
        server.send(&ticket.request().method("HEAD")).await.status,
        405
    );
    server.open(&ticket.request()).await;
}

/// H9, C14: JSON of 16 KiB and not more; events are numbered from 1, those that are refused not.
pub(crate) async fn what_is_published_is_small_json(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let largest = format!("\"{}\"", "x".repeat(LARGEST - 2));
    let rows = [
        (b"{\"n\":1}".to_vec(), 202),
        (largest.clone().into_bytes(), 202),
        (b"null".to_vec(), 202),
        (b" \r\n [1,\r\n 2]\r\n".to_vec(), 202),
        ((largest + " ").into_bytes(), 413),
        (vec![b'x'; LARGEST + 1], 413),
        (vec![b' '; 3 << 20], 413),
        (Vec::new(), 422),
        (b" ".to_vec(), 422),
        (b"{".to_vec(), 422),
        (b"{} {}".to_vec(), 422),
        (b"\"\xff\"".to_vec(), 422),
        (b"\"a\nid: x\"".to_vec(), 422),
        (b"1\nevent: sse.close".to_vec(), 422),
        ("[".repeat(10_000).into_bytes(), 422),
        (b"7".to_vec(), 202),
    ];
    let mut seq: u64 = 0;
    for (body, status) in rows {
        let what = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let request = Request::post("/topics/news/publish", body).bearer(&alice.jwt);
        let response = server.send(&request).await;
        assert_eq!(response.status, status, "{what}: {response:?}");
        if status == 202 {
            seq += 1;
            assert_eq!(response.json(), json!({ "seq": seq }), "{what}");
        } else {
            assert!(response.is_problem(), "{what}: {response:?}");
        }
    }
}

/// C7, C8: nobody publishes or reads without a good JWT.
pub(crate) async fn who_publishes_or_reads_is_known(setup: Setup) {
    let server = setup.start();
    let mut expired = jwt::claims("alice");
    expired["exp"] = (jwt::now() - 60).into();
    for path in [
        "/topics/news/publish",
        "/topics/news/stream-token",
        "/demo/drop",
    ] {
        let request = Request::new("POST", path).json(&json!({ "stream": "x" }));
        for request in [
            request.clone(),
            request.clone().bearer("garbage"),
            request.clone().bearer(&jwt::with_claims(&expired)),
        ] {
            let response = server.send(&request).await;
            assert_eq!(response.status, 401, "{request:?}: {response:?}");
            let challenge = response.header("www-authenticate").expect("a challenge");
            assert!(
                challenge.starts_with(r#"Bearer realm="sse""#),
                "{challenge}"
            );
            assert!(response.is_problem(), "{response:?}");
        }
    }
}

/// C16: there are only so many topics. One that somebody uses goes for nobody.
pub(crate) async fn a_topic_in_use_goes_for_no_other(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let users = (0..16).map(|n| server.user(&format!("user{n}")));
    for (number, user) in users.enumerate() {
        for n in 0..16 {
            user.publish(&format!("t{number}-{n}"), &json!(n)).await;
        }
    }
    let publish = Request::post("/topics/another/publish", "1").bearer(&alice.jwt);
    let mint = Request::post("/topics/another/stream-token", "").bearer(&alice.jwt);
    for request in [publish, mint] {
        let response = server.send(&request).await;
        assert_eq!(response.status, 503, "{response:?}");
        assert!(response.is_problem() && response.header("retry-after").is_some());
    }
    assert_eq!(alice.publish("t0-0", &json!(64)).await, 2);
}
