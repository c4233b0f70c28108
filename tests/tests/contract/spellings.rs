//! Credentials spelled otherwise, which open nothing and are in no log.

use std::fmt::Write as _;
use std::time::Duration;

use sse_gate_tests::{Request, Setup};

/// Queries of a stream's path; `{T}` stands for a live token, `{e}` for one with each character
/// encoded.
const QUERIES: [&str; 20] = [
    "Token={T}",
    "token[]={T}",
    "%2574oken={T}",
    "?token={T}",
    "&amp;token={T}",
    "a=1;token={T}",
    "a=1%26token={T}",
    "tok={T}",
    "x={e}",
    "token={e}",
    "token={T}&token={T}",
    "token={T}%zz",
    "q=https%3A%2F%2Fx%2F%3Ftoken%3D{T}",
    "access_token={T}",
    "Authorization=Bearer%20{T}",
    "jwt={J}",
    "x={J}",
    "lastEventId={T}",
    "last_event_id={T}",
    "{T}",
];

/// B16, D5: whatever a request for a stream or for a token has in its URI that looks like a
/// credential, the log of the server has not. A token that was misspelled opens nothing, and stays
/// what it is.
pub(crate) async fn no_spelling_of_a_token_is_logged(setup: Setup) {
    let mut server = setup.log("tower_http=debug").start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    let mut encoded = String::new();
    for byte in minted.token.bytes() {
        let _ = write!(encoded, "%{byte:02x}");
    }
    let filled = |query: &str| {
        let query = query.replace("{T}", &minted.token).replace("{e}", &encoded);
        query.replace("{J}", &alice.jwt)
    };
    let mint_path = format!("{}-token", minted.stream_url);
    for path in [&minted.stream_url, &mint_path] {
        for query in QUERIES {
            let target = format!("{path}?{}", filled(query));
            let response = server.send(&Request::stream(target)).await;
            let refused = [400, 401, 405].contains(&response.status);
            assert!(refused, "{path} {query}: {response:?}");
        }
    }
    for path in [
        "/generations/generate/{T}/stream",
        "/generations/generate/%FF/stream?x={T}",
    ] {
        let response = server.send(&Request::stream(filled(path))).await;
        assert!(
            [401, 404].contains(&response.status),
            "{path}: {response:?}"
        );
    }
    let slash = format!("{}/?token={}", minted.stream_url, minted.token);
    assert_eq!(server.send(&Request::stream(slash)).await.status, 404);
    assert_eq!(server.send(&minted.request()).await.status, 200);
    let (_, signature) = alice.jwt.rsplit_once('.').expect("a JWT");
    let secrets = [&minted.token[6..], &encoded[18..], signature].map(str::to_owned);
    server.terminate();
    let ended = server.ended(Duration::from_secs(5)).await;
    assert!(ended.is_some(), "its log is not complete");
    let log = server.log().text();
    for secret in &secrets {
        assert!(!log.contains(secret.as_str()), "{secret} in {log}");
    }
    assert!(log.contains(&minted.stream_url), "{log}");
}
