//! JWTs that no honest login makes.

use serde_json::{Value, json};
use sse_gate_tests::{Server, Setup, jwt};

const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// Asks for a token with every JWT, and prints those that get another answer than they should.
async fn expect(server: &Server, rows: impl IntoIterator<Item = (String, String, u16)>) {
    let alice = server.user("alice");
    let id = alice.finish().await;
    let mut wrong = Vec::new();
    for (what, jwt, status) in rows {
        let response = alice.clone().with_jwt(jwt).ask(&id).await;
        if response.status != status {
            wrong.push(format!("{what:.200}: {} for {status}", response.status));
        }
        let is_challenge = response.header("www-authenticate").is_some();
        assert_eq!(is_challenge, response.status == 401, "{what}: {response:?}");
        if response.status == 200 {
            // A user has room for a few only.
            let token = response.json()["sse_token"]
                .as_str()
                .expect("a text")
                .to_owned();
            let url = response.json()["stream_url"]
                .as_str()
                .expect("a text")
                .to_owned();
            let stream = sse_gate_tests::Request::stream(format!("{url}?token={token}"));
            assert_eq!(server.send(&stream).await.status, 200, "{what}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The claims of a good JWT with one of them set, or taken out by null.
fn with(name: &str, value: &Value) -> (String, String) {
    let mut claims = jwt::claims("alice");
    let what = format!("{name} = {value}");
    match value {
        Value::Null => drop(claims.as_object_mut().expect("an object").remove(name)),
        value => claims[name] = value.clone(),
    }
    (what, jwt::with_claims(&claims))
}

/// C3: none, other families, other hashes, other keys.
pub(crate) async fn only_the_agreed_algorithm_is_believed(setup: Setup) {
    let server = setup.start();
    let claims = jwt::claims("alice").to_string();
    let mut rows = vec![("a good one".to_owned(), jwt::signed(HS256, &claims), 200)];
    for alg in [
        "none", "None", "NONE", "nOnE", "HS384", "HS512", "RS256", "ES256", "EdDSA", "", "HS",
    ] {
        let header = json!({ "alg": alg, "typ": "JWT" }).to_string();
        let unsigned = jwt::unsigned(&header, &claims);
        rows.push((format!("{alg}, signed"), jwt::signed(&header, &claims), 401));
        rows.push((format!("{alg}, unsigned"), format!("{unsigned}."), 401));
    }
    let good = jwt::of("alice");
    let (text, signature) = good.rsplit_once('.').expect("two dots");
    let other = jwt::signed_by("another-secret-of-thirty-two-bytes", HS256, &claims);
    for (what, jwt) in [
        ("no signature", format!("{text}.")),
        ("two parts", text.to_owned()),
        ("four parts", format!("{good}.{signature}")),
        (
            "five parts, as of a JWE",
            format!("{good}.{signature}.{signature}"),
        ),
        ("a signature cut short", good[..good.len() - 1].to_owned()),
        ("another secret's", other),
        ("no algorithm", jwt::signed(r#"{"typ":"JWT"}"#, &claims)),
        (
            "a list of them",
            jwt::signed(r#"{"alg":["HS256"]}"#, &claims),
        ),
        ("dots", "..".to_owned()),
    ] {
        rows.push((what.to_owned(), jwt, 401));
    }
    expect(&server, rows).await;
}

/// C4, C5, C7: `kid`, `jku` and their like are not looked at, `crit` and other types are refused.
pub(crate) async fn headers_that_point_elsewhere_are_never_followed(setup: Setup) {
    let server = setup.start();
    let claims = jwt::claims("alice").to_string();
    let header = |more: Value, status| {
        let mut header = json!({ "alg": "HS256", "typ": "JWT" });
        for (name, value) in more.as_object().expect("an object") {
            header[name] = value.clone();
        }
        (
            header.to_string(),
            jwt::signed(&header.to_string(), &claims),
            status,
        )
    };
    let rows = [
        header(json!({ "crit": ["exp"], "exp": 1 }), 401),
        header(json!({ "crit": ["b64"], "b64": false }), 401),
        header(json!({ "crit": [] }), 401),
        header(json!({ "typ": "id_token" }), 401),
        header(json!({ "typ": "dpop+jwt" }), 401),
        header(json!({ "typ": "logout+jwt" }), 401),
        header(json!({ "typ": "at+jwt" }), 200),
        header(json!({ "typ": "application/at+jwt" }), 200),
        header(json!({ "typ": "jwt" }), 200),
        header(json!({ "kid": "../../etc/passwd" }), 200),
        header(json!({ "kid": "' OR 1=1 --" }), 200),
        header(json!({ "jku": "http://127.0.0.1:9/keys" }), 200),
        header(json!({ "x5u": "http://127.0.0.1:9/cert" }), 200),
    ];
    expect(&server, rows).await;
}

/// C7, C10: issuer, audience and subject are required, and are the right ones.
pub(crate) async fn claims_must_be_there_and_right(setup: Setup) {
    let server = setup.start();
    let rows = [
        ("aud", json!(null), 401),
        ("aud", json!("another-service"), 401),
        ("aud", json!([]), 401),
        ("aud", json!(["another-service"]), 401),
        ("aud", json!(["another-service", jwt::DEMO]), 200),
        ("aud", json!(7), 401),
        ("aud", json!("SSE-GATE-DEMO"), 401),
        ("iss", json!(null), 401),
        ("iss", json!("another-issuer"), 401),
        ("iss", json!(""), 401),
        ("iss", json!({ "name": jwt::DEMO }), 401),
        ("sub", json!(null), 401),
        ("sub", json!(""), 401),
        ("sub", json!(7), 401),
        ("sub", json!("x".repeat(4096)), 401),
        ("sub", json!("alice\n"), 401),
        ("sub", json!("alice\0"), 401),
        // Good ones, of somebody else.
        ("sub", json!("alice "), 403),
        ("sub", json!("Alice"), 403),
        ("sub", json!("tenant:alice"), 403),
        ("sub", json!("x".repeat(256)), 403),
        ("iat", json!(null), 200),
        ("scope", json!("anything"), 200),
    ];
    let rows = rows.map(|(name, value, status)| {
        let (what, jwt) = with(name, &value);
        (what, jwt, status)
    });
    expect(&server, rows).await;
}

/// C8: missing, typed wrongly, far off, or not in force; and never a panic.
pub(crate) async fn dates_must_be_dates(setup: Setup) {
    let server = setup.start();
    let now = jwt::now();
    #[expect(clippy::cast_precision_loss, reason = "some date near now")]
    let in_a_minute = now as f64 + 60.5;
    let rows = [
        ("exp", json!(null), 401),
        ("exp", json!((now + 60).to_string()), 401),
        ("exp", json!(now - 3600), 401),
        ("exp", json!(now - 31), 401),
        ("exp", json!(0), 401),
        ("exp", json!(-1), 401),
        ("exp", json!(-1e308), 401),
        ("exp", json!(true), 401),
        ("exp", json!([now + 60]), 401),
        ("exp", json!(in_a_minute), 200),
        ("exp", json!(u64::MAX), 200),
        ("exp", json!(1e308), 401),
        ("nbf", json!(now + 3600), 401),
        ("nbf", json!(u64::MAX), 401),
        ("nbf", json!("soon"), 401),
        ("nbf", json!(now - 5), 200),
        ("iat", json!(now + 3600), 401),
        ("iat", json!("now"), 401),
        ("iat", json!(1), 200),
    ];
    let rows = rows.map(|(name, value, status)| {
        let (what, jwt) = with(name, &value);
        (what, jwt, status)
    });
    let claims = jwt::claims("alice").to_string();
    let texts = [
        "1e999",
        "99999999999999999999999",
        "-0.0",
        "NaN",
        "0x7fffffff",
    ];
    let texts = texts.map(|exp| {
        let claims = claims.replacen(&(now + 3600).to_string(), exp, 1);
        (format!("exp = {exp}"), jwt::signed(HS256, &claims), 401)
    });
    expect(&server, rows.into_iter().chain(texts)).await;
    assert_eq!(server.log().text(), "", "nothing panicked");
}

/// C9: members that stand twice, depth, size, and bytes that are no JSON.
pub(crate) async fn hostile_json_is_no_jwt(setup: Setup) {
    let server = setup.start();
    let claims = jwt::claims("alice").to_string();
    let inner = &claims[1..];
    let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let wide = |len: usize| format!(r#"{{"pad":"{}",{inner}"#, "x".repeat(len));
    let rows = [
        ("sub twice", format!(r#"{{"sub":"bob",{inner}"#), 401),
        ("exp twice", format!(r#"{{"exp":1,{inner}"#), 401),
        ("100 deep", format!(r#"{{"x":{},{inner}"#, deep(100)), 200),
        (
            "10,000 deep",
            format!(r#"{{"x":{},{inner}"#, deep(10_000)),
            431,
        ),
        ("4 KB", wide(4_000), 200),
        ("8 KB", wide(8_192), 431),
        ("64 KB", wide(65_536), 431),
        ("no object", "[]".to_owned(), 401),
        ("nothing", String::new(), 401),
        ("half", claims[..20].to_owned(), 401),
        ("more", format!("{claims}{claims}"), 401),
    ];
    let rows =
        rows.map(|(what, claims, status)| (what.to_owned(), jwt::signed(HS256, &claims), status));
    let header = (
        "alg twice".to_owned(),
        jwt::signed(r#"{"alg":"none","alg":"HS256"}"#, &claims),
        401,
    );
    expect(&server, rows.into_iter().chain([header])).await;
    let alice = server.user("alice");
    let id = alice.start().await;
    let huge = jwt::signed(HS256, &wide(1 << 20));
    let response = server
        .connect()
        .await
        .exchange_if_any(&alice.with_jwt(huge).mint_request(&id))
        .await;
    let status = response.map(|response| response.status);
    assert!(
        matches!(status, None | Some(400 | 401 | 431)),
        "1 MB: {status:?}"
    );
}
