//! The one answer to all bad tokens.

use std::time::Duration;

use sse_gate_tests::{Request, Setup};
use tokio::time::sleep;

const INVALID: Option<&str> = Some(r#"Bearer realm="sse", error="invalid_token""#);

/// A1, D1: the second use is refused, and so is every later one.
pub(crate) async fn a_token_is_good_for_one_stream(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    assert_eq!(server.send(&minted.request()).await.status, 200);
    for round in 0..3 {
        let response = server.send(&minted.request()).await;
        assert_eq!(response.status, 401, "in round {round}");
        assert_eq!(response.header("www-authenticate"), INVALID);
        assert!(response.is_problem());
    }
    let metrics = server.metrics().await;
    assert_eq!(
        (metrics.validations("redeemed"), metrics.validations("used")),
        (1, 3)
    );
}

/// D2, E10: a token that waits too long is gone.
pub(crate) async fn a_token_ends(setup: Setup) {
    // Long beside the one exchange that a fresh token must outlive, also on a busy machine.
    let server = setup.arg("token-ttl", 3_000).start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let minted = alice.mint(&id).await;
    sleep(Duration::from_millis(3_001)).await;
    let response = server.send(&minted.request()).await;
    assert_eq!(response.status, 401);
    assert_eq!(response.header("www-authenticate"), INVALID);
    let minted = alice.mint(&id).await;
    assert_eq!(server.send(&minted.request()).await.status, 200);
}

/// C1: the long-lived credential opens no stream, wherever it stands.
pub(crate) async fn a_jwt_is_no_token(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    let url = format!("/generations/generate/{id}/stream");
    let jwt = &alice.jwt;
    for request in [
        Request::stream(format!("{url}?token={jwt}")),
        Request::stream(format!("{url}?access_token={jwt}")),
        Request::stream(&*url).bearer(jwt),
        Request::stream(&*url).header("Cookie", format!("token={jwt}")),
    ] {
        let response = server.send(&request).await;
        assert_eq!(response.status, 401, "{request:?}: {response:?}");
    }
}

/// D13, D14: status, headers and body are the same to the byte for every cause.
pub(crate) async fn all_bad_tokens_get_the_same_answer(setup: Setup) {
    let stranger = setup.start();
    // Long beside all exchanges from the fresh tokens on: those are good until the last of them.
    let server = setup.arg("token-ttl", 6_000).start();
    let alice = server.user("alice");
    let (id, other) = (alice.finish().await, alice.finish().await);
    let url = format!("/generations/generate/{id}/stream");
    let used = alice.mint(&id).await;
    assert_eq!(server.send(&used.request()).await.status, 200);
    let foreigner = stranger.user("alice");
    let unknown = foreigner.mint(&foreigner.start().await).await.token;
    let expired = alice.mint(&id).await.token;
    sleep(Duration::from_millis(6_001)).await;
    let fresh = alice.mint(&id).await.token;
    let elsewhere = alice.mint(&other).await.token;
    let mut flipped = fresh.clone();
    let last = if flipped.ends_with('x') { "y" } else { "x" };
    flipped.replace_range(54.., last);
    let rows = [
        ("nothing", String::new()),
        ("garbage", "garbage".to_owned()),
        ("a JWT", alice.jwt.clone()),
        ("used", used.token.clone()),
        ("expired", expired),
        ("another resource's", elsewhere),
        ("another server's", unknown),
        ("a typo", flipped),
        ("cut short", fresh[..54].to_owned()),
        ("too long", format!("{fresh}x")),
        ("very long", "x".repeat(3 * 1024)),
        ("another case", fresh.to_ascii_lowercase()),
        ("encoded", fresh.replacen("sset1", "%73set1", 1)),
        ("no UTF-8", "%ff%fe".to_owned()),
        ("a resume id", format!("sser1.{}", "A".repeat(64))),
    ];
    let mut answers = Vec::new();
    for (what, token) in rows {
        let response = server
            .send(&Request::stream(format!("{url}?token={token}")))
            .await;
        assert_eq!(response.status, 401, "{what}: {response:?}");
        answers.push((what, response.without_date()));
    }
    let (_, first) = &answers[0];
    assert_eq!(first.header("www-authenticate"), INVALID);
    assert!(first.is_problem());
    for (what, answer) in &answers {
        assert_eq!(answer, first, "{what}");
    }
    let token = &format!("{url}?token={fresh}");
    assert_eq!(
        server.send(&Request::stream(token)).await.status,
        200,
        "still good"
    );
}

/// B3: who shows nothing has made no error (RFC 6750 §3.1).
pub(crate) async fn no_token_at_all_is_no_invalid_token(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.finish().await;
    for query in ["", "?", "?room=2", "?tokens=x", "?&&"] {
        let target = format!("/generations/generate/{id}/stream{query}");
        let response = server.send(&Request::stream(target)).await;
        assert_eq!(response.status, 401, "{query}");
        let challenge = response.header("www-authenticate");
        assert_eq!(challenge, Some(r#"Bearer realm="sse""#), "{query}");
        assert!(response.is_problem(), "{query}");
    }
}
