//! The path that a stream stands at.

use sse_gate_tests::{Request, Setup};

/// B10, B11, B13: other spellings of a path are other paths, and cost no token.
pub(crate) async fn a_path_that_is_not_the_routes_opens_nothing(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let (id, other) = (alice.finish().await, alice.finish().await);
    let minted = alice.mint(&id).await;
    let base = "/generations/generate";
    let rows = [
        format!("{base}/{other}/../{id}/stream"),
        format!("{base}/./{id}/stream"),
        format!("{base}/{other}/%2e%2e/{id}/stream"),
        format!("{base}/%2e/{id}/stream"),
        format!("{base}//{id}/stream"),
        format!("/{base}/{id}/stream"),
        format!("{base}/{id}/stream/"),
        format!("{base}/{id}/stream/."),
        format!("{base}/{id}//stream"),
        format!("{base}/{id}/stream;jsessionid=1"),
        format!("{base}/{id};x=1/stream"),
        format!("{base}/{id}%2Fstream"),
        format!("{base}/{id}\\stream"),
        format!("{base}/{id}%5cstream"),
        format!("{base}/{id}/%73tream%00"),
        format!("{base}/{id}/STREAM"),
        format!("{base}/{id}/Stream"),
        format!("{base}/{}/stream", id.to_ascii_uppercase()),
        format!("{base}/{id}%00/stream"),
        format!("{base}/{id}%20/stream"),
        format!("{base}/%EF%BB%BF{id}/stream"),
        format!("{base}/{id}%CC%81/stream"),
        format!("{base}/%ff{id}/stream"),
        format!("{base}/{}/stream", &id[..31]),
        format!("{base}/{id}0/stream"),
        format!("{base}/*/stream"),
        format!("{base}//stream"),
        format!("{base}/{{generation_id}}/stream"),
        format!("/api{base}/{id}/stream"),
        format!("{base}/{id}"),
        base.to_owned(),
        "*".to_owned(),
    ];
    for path in rows {
        // Ids of digits only have no capitals.
        if path == minted.stream_url {
            continue;
        }
        let request = Request::stream(format!("{path}?token={}", minted.token));
        let mut connection = server.connect().await;
        let response = connection.exchange_if_any(&request).await;
        let status = response.as_ref().map(|response| response.status);
        assert!(
            matches!(status, Some(400 | 401 | 404 | 405)),
            "{path}: {response:?}"
        );
    }
    assert_eq!(
        server.send(&minted.request()).await.status,
        200,
        "it was spent"
    );
}

/// B10: a path's values are decoded once, as routers do; not never and not twice.
pub(crate) async fn a_path_is_decoded_exactly_once(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let once = format!("%{:02x}{}", id.as_bytes()[0], &id[1..]);
    let twice = once.replace('%', "%25");
    let minted = alice.mint(&id).await;
    for (what, id, status) in [("twice", twice, 401), ("once", once, 200)] {
        let path = format!("/generations/generate/{id}/stream");
        let request = Request::stream(format!("{path}?token={}", minted.token));
        let response = server.send(&request).await;
        assert_eq!(response.status, status, "{what}: {response:?}");
    }
}

/// B12: whose tenant it is, no header says.
pub(crate) async fn hosts_mean_nothing(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    for headers in [
        &[("Host", "evil.example")][..],
        &[("Host", "SSE.TEST:443")],
        &[("Host", "sse.test"), ("X-Forwarded-Host", "evil.example")],
        &[
            ("Host", "sse.test"),
            ("X-Forwarded-Prefix", "/evil"),
            ("X-Original-URL", "/evil"),
        ],
        &[
            ("Host", "sse.test"),
            ("Forwarded", "host=evil.example"),
            ("X-Forwarded-For", "::1"),
        ],
        &[("Host", "")],
    ] {
        let minted = alice.mint(&id).await;
        let request = minted.request().without("Host").headers(headers);
        let response = server.send(&request).await;
        assert_eq!(response.status, 200, "{headers:?}: {response:?}");
        assert!(!response.text().contains("evil"), "{headers:?}");
    }
    // The absolute form names a host, too.
    let minted = alice.mint(&id).await;
    let target = format!("http://evil.example{}", minted.target());
    let response = server.send(&Request::stream(target)).await;
    assert_eq!(response.status, 200, "{response:?}");
}
