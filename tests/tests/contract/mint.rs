//! The endpoint that trades JWTs for tokens.

use serde_json::json;
use sse_gate_tests::{Request, Setup, User, jwt};

/// D18: the names of the contract and no other, and a token that scanners can tell.
pub(crate) async fn the_answer_has_exactly_these_members(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let response = alice.ask(&id).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.header("referrer-policy"), Some("no-referrer"));
    let mut json = response.json();
    let token = json["sse_token"].take();
    let token = token.as_str().expect("a text");
    let (prefix, rest) = token.split_at(6);
    assert_eq!((prefix, rest.len()), ("sset1_", 49));
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    assert!(rest.bytes().all(is_base64url), "{token}");
    let expected = json!({
        "sse_token": null,
        "expires_in": 60,
        "stream_url": format!("/generations/generate/{id}/stream"),
        "generation_id": id,
    });
    assert_eq!(json, expected);
}

/// C13, D15: 401 before 404 before 403; who is nobody learns nothing.
pub(crate) async fn who_asks_must_be_the_owner(setup: Setup) {
    const MISSING: Option<&str> = Some(r#"Bearer realm="sse""#);
    const INVALID: Option<&str> = Some(r#"Bearer realm="sse", error="invalid_token""#);
    let server = setup.start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let id = alice.start().await;
    let mut claims = jwt::claims("alice");
    claims["exp"] = (jwt::now() - 60).into();
    let expired = jwt::with_claims(&claims);
    let unknown = "0".repeat(32);
    let post = |id: &str| Request::post(User::mint_path(id), "");
    let rows = [
        ("no JWT", post(&id), 401, MISSING),
        ("an expired one", post(&id).bearer(&expired), 401, INVALID),
        ("none at all", post(&id).bearer("garbage"), 401, INVALID),
        ("no JWT, no such generation", post(&unknown), 401, MISSING),
        ("somebody else's", post(&id).bearer(&bob.jwt), 403, None),
        (
            "no such generation",
            post(&unknown).bearer(&bob.jwt),
            404,
            None,
        ),
        (
            "an id that is none",
            post("..%2Fx").bearer(&bob.jwt),
            404,
            None,
        ),
    ];
    for (what, request, status, challenge) in rows {
        let response = server.send(&request).await;
        assert_eq!(response.status, status, "{what}: {response:?}");
        assert_eq!(response.header("www-authenticate"), challenge, "{what}");
        assert!(response.is_problem(), "{what}: {response:?}");
    }
}

/// C2: a GET can be made by an image. It mints nothing.
pub(crate) async fn only_a_post_mints(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.start().await;
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
        let request = alice.mint_request(&id).method(method);
        let response = server.send(&request).await;
        assert_eq!(response.status, 405, "{method}: {response:?}");
    }
    let request = alice
        .mint_request(&id)
        .method("GET")
        .header("X-HTTP-Method-Override", "POST");
    assert_eq!(server.send(&request).await.status, 405);
    assert_eq!(server.metrics().await.requests("issued"), 0);
}

/// C2, C14: forms and texts, which pages may post anywhere, are no JSON.
pub(crate) async fn a_body_is_json_or_nothing(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let body = |content_type: &str, body: Vec<u8>| {
        let request = alice.mint_request(&id).body(body);
        if content_type.is_empty() {
            request
        } else {
            request.header("Content-Type", content_type)
        }
    };
    let large = |len| format!(r#"{{"x":"{}"}}"#, "x".repeat(len)).into_bytes();
    let nested = "[".repeat(10_000).into_bytes();
    let rows = [
        (
            "a form",
            body("application/x-www-form-urlencoded", b"a=b".into()),
            415,
        ),
        (
            "a multipart form",
            body("multipart/form-data; boundary=x", b"--x--".into()),
            415,
        ),
        ("text", body("text/plain", b"{}".into()), 415),
        (
            "text with a hint",
            body("text/plain; application/json", b"{}".into()),
            415,
        ),
        ("no type", body("", b"{}".into()), 415),
        ("JSON", body("application/json", b"{}".into()), 200),
        (
            "JSON by another name",
            body("Application/JSON; charset=utf-8", b"{}".into()),
            200,
        ),
        (
            "a type and nothing",
            body("application/json", Vec::new()),
            200,
        ),
        ("no JSON", body("application/json", b"{".into()), 422),
        (
            "no UTF-8",
            body("application/json", b"\"\xff\"".into()),
            422,
        ),
        ("deep JSON", body("application/json", nested), 422),
        ("much JSON", body("application/json", large(1 << 20)), 413),
        (
            "very much JSON",
            body("application/json", large(10 << 20)),
            413,
        ),
    ];
    for (what, request, status) in rows {
        let response = server.send(&request).await;
        assert_eq!(response.status, status, "{what}: {response:?}");
        assert!(
            status == 200 || response.is_problem(),
            "{what}: {response:?}"
        );
    }
}

/// C1: what a browser adds to a foreign page's request earns no token.
pub(crate) async fn no_cookie_no_query_and_no_form_is_a_credential(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let jwt = &alice.jwt;
    let path = User::mint_path(&id);
    let post = |target: String| Request::post(target, "");
    let cookie = |value: String| post(path.clone()).header("Cookie", value);
    let form = post(path.clone()).header("Content-Type", "application/x-www-form-urlencoded");
    let rows = [
        ("a cookie", cookie(format!("access_token={jwt}"))),
        (
            "a cookie that looks like it",
            cookie(format!("Authorization=Bearer {jwt}")),
        ),
        ("the query", post(format!("{path}?access_token={jwt}"))),
        (
            "the query, by another name",
            post(format!("{path}?token={jwt}")),
        ),
        ("a form", form.body(format!("access_token={jwt}"))),
        (
            "another header",
            post(path.clone()).header("X-Authorization", format!("Bearer {jwt}")),
        ),
        (
            "a proxy's",
            post(path.clone()).header("Proxy-Authorization", format!("Bearer {jwt}")),
        ),
    ];
    for (what, request) in rows {
        let response = server.send(&request).await;
        assert_eq!(response.status, 401, "{what}: {response:?}");
    }
    assert_eq!(server.metrics().await.requests("issued"), 0);
}

/// C13: lifetime, subject and resource are the server's business.
pub(crate) async fn a_body_can_ask_for_nothing_more(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let (id, other) = (alice.finish().await, alice.finish().await);
    let wish = json!({
        "ttl": 86400, "expires_in": 86400, "sub": "bob", "subject": "bob", "scope": "*",
        "generation_id": other, "resource": ["*"], "stream_url": "/",
    });
    let response = alice.post(&User::mint_path(&id), &wish).await;
    assert_eq!(response.status, 200, "{response:?}");
    let json = response.json();
    assert_eq!(json["expires_in"], 60);
    assert_eq!(json["generation_id"], *id);
    let token = json["sse_token"].as_str().expect("a text");
    let at = |id: &str| Request::stream(format!("/generations/generate/{id}/stream?token={token}"));
    assert_eq!(server.send(&at(&other)).await.status, 401);
    assert_eq!(server.send(&at(&id)).await.status, 200);
}

/// C11: a token's end is its JWT's, if that comes first.
pub(crate) async fn a_token_lives_no_longer_than_its_jwt(setup: Setup) {
    let server = setup.start();
    let alice = server.user("alice");
    let id = alice.start().await;
    for (left, expected) in [(5, 3..=5), (30, 28..=30), (600, 60..=60)] {
        let mut claims = jwt::claims("alice");
        claims["exp"] = (jwt::now() + left).into();
        let alice = alice.clone().with_jwt(jwt::with_claims(&claims));
        let expires_in = alice.mint(&id).await.expires_in;
        assert!(
            expected.contains(&expires_in),
            "{left} s left: {expires_in}"
        );
    }
}

/// The demo's own users get what every program that knows the secret can make.
pub(crate) async fn a_login_gives_a_jwt_that_mints(setup: Setup) {
    let server = setup.start();
    let login = |user: &str, password: &str| {
        let body = json!({ "username": user, "password": password });
        Request::new("POST", "/demo/login").json(&body)
    };
    let response = server.send(&login("alice", "demo")).await;
    assert_eq!(response.status, 200, "{response:?}");
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let json = response.json();
    assert_eq!(
        json.as_object().map(serde_json::Map::len),
        Some(2),
        "{json}"
    );
    assert_eq!(json["expires_in"], 3600);
    let jwt = json["access_token"].as_str().expect("a text");
    let alice = server.user("alice").with_jwt(jwt.to_owned());
    let id = alice.start().await;
    alice.mint(&id).await;
    for (user, password) in [("alice", "wrong"), ("eve", "demo"), ("", "")] {
        let response = server.send(&login(user, password)).await;
        assert_eq!(response.status, 401, "{user} {password}: {response:?}");
    }
    let response = server.send(&Request::post("/demo/login", "{")).await;
    assert_eq!(response.status, 422, "{response:?}");
}
