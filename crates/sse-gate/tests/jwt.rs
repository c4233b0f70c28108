//! `JwtAuthenticator` with one key: which JWTs pass.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "jwt-rust-crypto")]

mod jwts;

use std::convert::Infallible;
use std::fmt::Write;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::{BodyExt, Empty};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use sse_gate::core::{Clock, CredentialReason, ManualClock};
use sse_gate::jwt::InvalidKey;
use sse_gate::mint::{Authenticator, Denied, MintRequest, MintService};
use sse_gate::{Gate, GateLayer, JwtAuthenticator, JwtKey, SseRoute};
use tower::{Layer, ServiceExt};

use jwts::VerifyNow;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
/// What `ManualClock` shows at first.
const NOW: u64 = 1_767_225_600;

fn authenticator() -> JwtAuthenticator {
    on(ManualClock::default())
}

fn on(clock: impl Clock) -> JwtAuthenticator {
    let key = JwtKey::hs256(SECRET).unwrap();
    JwtAuthenticator::new(key, "issuer", "audience")
        .unwrap()
        .with_clock(clock)
}

fn claims() -> Value {
    json!({"sub": "alice", "iss": "issuer", "aud": "audience", "iat": NOW, "exp": NOW + 3600})
}

fn signed(claims: &Value) -> String {
    // If two backends are built in, it is the first authenticator that chooses one.
    let _ = authenticator();
    encode(
        &Header::default(),
        claims,
        &EncodingKey::from_secret(SECRET),
    )
    .unwrap()
}

/// The claims with one changed, or taken away.
fn changed(name: &str, value: Value) -> String {
    let mut claims = claims();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    signed(&claims)
}

/// A JWT with this header and these claims, as text, signed as HS256 is.
fn spelled(header: &str, claims: &str) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let _ = authenticator();
    let part = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
    let message = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_secret(SECRET);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

#[test]
fn a_good_jwt_names_its_subject_and_its_end() {
    let identity = authenticator().verify_now(&signed(&claims())).unwrap();
    assert_eq!(identity.subject().as_str(), "alice");
    assert_eq!(identity.expires_at().as_unix_millis(), (NOW + 3600) * 1000);
    let spelled = spelled(HEADER, &claims().to_string());
    assert!(
        authenticator().verify_now(&spelled).is_ok(),
        "the tests spell JWTs wrong"
    );
}

/// C7, C8, C10: each claim by itself, of every type that JSON has.
#[test]
fn every_claim_must_be_right() {
    use CredentialReason::{Audience, Claims, Expired, Issuer, NotYetValid};

    let good = [
        ("aud", json!(["other", "audience"])),
        ("aud", json!(["audience"])),
        ("exp", json!(1_767_225_600.5)),
        ("exp", json!(NOW - 4)),
        ("exp", json!(u64::MAX)),
        ("nbf", json!(NOW)),
        ("nbf", json!(NOW + 5)),
        ("nbf", json!(0)),
        ("iat", Value::Null),
        ("iat", json!(NOW + 5)),
        ("iat", json!(1_767_225_604.9)),
        ("jti", json!("")),
        ("scope", json!({"of": ["any", "type", 7, null]})),
    ];
    for (name, value) in good {
        let verified = authenticator().verify_now(&changed(name, value.clone()));
        assert!(verified.is_ok(), "{name} {value}");
    }
    let bad = [
        ("aud", Value::Null, Audience),
        ("aud", json!("other"), Audience),
        ("aud", json!("audience "), Audience),
        ("aud", json!("Audience"), Audience),
        ("aud", json!(""), Audience),
        ("aud", json!([]), Audience),
        ("aud", json!(["other", "another"]), Audience),
        ("aud", json!({"audience": 1}), Claims),
        ("aud", json!(7), Claims),
        ("aud", json!(true), Claims),
        ("aud", json!(["audience", 7]), Claims),
        ("aud", json!(["audience", null]), Claims),
        ("aud", json!([["audience"]]), Claims),
        ("iss", Value::Null, Issuer),
        ("iss", json!("other"), Issuer),
        ("iss", json!(""), Issuer),
        ("iss", json!(["issuer"]), Claims),
        ("iss", json!(["other", "issuer"]), Claims),
        ("iss", json!([]), Claims),
        ("iss", json!({"issuer": 1}), Claims),
        ("iss", json!(7), Claims),
        ("sub", Value::Null, Claims),
        ("sub", json!(""), Claims),
        ("sub", json!("a\nb"), Claims),
        ("sub", json!("x".repeat(4096)), Claims),
        ("sub", json!(7), Claims),
        ("sub", json!(["alice"]), Claims),
        ("sub", json!({"name": "alice"}), Claims),
        ("sub", json!(true), Claims),
        ("exp", Value::Null, Claims),
        ("exp", json!("2030-01-01"), Claims),
        ("exp", json!((NOW + 3600).to_string()), Claims),
        ("exp", json!([NOW + 3600]), Claims),
        ("exp", json!(true), Claims),
        ("exp", json!(-1), Claims),
        ("exp", json!(-0.5), Claims),
        ("exp", json!(1e308), Claims),
        ("exp", json!(1e20), Claims),
        ("exp", json!(NOW - 5), Expired),
        ("exp", json!(0), Expired),
        ("nbf", json!(NOW + 6), NotYetValid),
        ("nbf", json!("later"), Claims),
        ("nbf", json!(NOW.to_string()), Claims),
        ("nbf", json!([NOW]), Claims),
        ("nbf", json!(-1), Claims),
        ("nbf", json!(u64::MAX), NotYetValid),
        ("iat", json!(NOW + 6), NotYetValid),
        ("iat", json!("now"), Claims),
        ("iat", json!({}), Claims),
        ("iat", json!(false), Claims),
        ("jti", json!(7), Claims),
        ("jti", json!(["a"]), Claims),
        ("jti", json!({}), Claims),
    ];
    for (name, value, reason) in bad {
        let refused = authenticator().verify_now(&changed(name, value.clone()));
        let refused = refused.expect_err(&format!("{name} {value:.40}"));
        assert_eq!(refused.reason(), reason, "{name} {value:.40}");
    }
}

/// C8: `null` is no value of any registered claim, and no way to leave one out.
#[test]
fn a_claim_that_is_null_is_refused() {
    for name in ["sub", "iss", "aud", "exp", "nbf", "iat", "jti"] {
        let mut claims = claims();
        claims[name] = Value::Null;
        let refused = authenticator()
            .verify_now(&signed(&claims))
            .expect_err(name);
        assert_eq!(refused.reason(), CredentialReason::Claims, "{name}");
    }
}

/// C7: several issuers and audiences, and no audience at all where a method's name says so.
#[test]
fn more_issuers_and_audiences_can_be_expected() {
    let one = authenticator();
    let many = one.clone().with_issuer("second").with_audience("others");
    let key = JwtKey::hs256(SECRET).unwrap();
    let any = JwtAuthenticator::new_without_audience_check(key, "issuer").unwrap();
    let any = any.with_clock(ManualClock::default());
    let rows = [
        ("iss", json!("issuer"), [true, true, true]),
        ("iss", json!("second"), [false, true, false]),
        ("iss", json!("third"), [false, false, false]),
        ("aud", json!("others"), [false, true, true]),
        ("aud", json!(["x", "others"]), [false, true, true]),
        ("aud", json!("third"), [false, false, true]),
        ("aud", Value::Null, [false, false, true]),
        ("aud", json!(7), [false, false, false]),
    ];
    for (name, value, passes) in rows {
        let jwt = changed(name, value.clone());
        let passed = [&one, &many, &any].map(|it| it.verify_now(&jwt).is_ok());
        assert_eq!(passed, passes, "{name} {value}");
    }
    let checked = any.with_audience("audience");
    assert!(checked.verify_now(&changed("aud", Value::Null)).is_err());
}

/// C9: the cap is a setting, and counts for a JWT that is handed over as for one in a header.
#[test]
fn a_jwt_over_the_cap_is_too_large() {
    let long = changed("scope", json!("x".repeat(8 * 1024)));
    let short = signed(&claims());
    let authenticator = authenticator();
    let refused = authenticator.verify_now(&long).unwrap_err();
    assert_eq!(refused.reason(), CredentialReason::TooLarge);
    assert_eq!(refused.to_string(), "credential is too large");
    let wider = authenticator.clone().with_max_len(long.len());
    assert!(wider.verify_now(&long).is_ok());
    let narrower = authenticator.clone().with_max_len(short.len() - 1);
    assert!(narrower.verify_now(&short).is_err());
    let mut headers = http::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {long}").parse().unwrap());
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.headers = headers;
    let verify = |authenticator: &JwtAuthenticator| {
        let identity = authenticator.authenticate(&parts);
        futures_util::FutureExt::now_or_never(identity).unwrap()
    };
    assert!(verify(&wider).is_ok());
    let refused = verify(&authenticator).unwrap_err();
    assert_eq!(refused.reason(), CredentialReason::TooLarge);
}

/// C23, D6: what is reported of a JWT holds nothing of it.
#[test]
fn a_report_quotes_nothing_of_the_jwt() {
    let header = |header: &str| spelled(header, &claims().to_string());
    let jwts = [
        changed("sub", json!({"canary": "canary"})),
        changed("sub", json!("canary\u{7}")),
        changed("iss", json!("canary")),
        changed("aud", json!(["canary", 7])),
        changed("exp", json!("canary")),
        changed("nbf", json!("canary")),
        header(r#"{"alg":"canary"}"#),
        header(r#"{"alg":"HS256","typ":"canary"}"#),
        header(r#"{"alg":"HS256","kid":{"canary":7}}"#),
        header(r#"{"alg":"HS256","crit":["canary"]}"#),
        header("canary"),
        spelled(HEADER, r#"{"canary"#),
        "canary.canary.canary".to_owned(),
        "canary".to_owned(),
    ];
    for jwt in jwts {
        let refused = authenticator().verify_now(&jwt).unwrap_err();
        let mut printed = format!("{refused} {refused:?} ");
        let mut next = std::error::Error::source(&refused);
        while let Some(source) = next {
            let _ = write!(printed, "{source} {source:?} ");
            next = source.source();
        }
        assert!(!printed.contains("canary"), "{printed}");
    }
}

/// C3, C5, C7, C9: only a JWS of the one algorithm, with nothing that asks for more.
#[test]
fn every_header_must_be_right() {
    use CredentialReason::{Algorithm as Other, Type, Unreadable};

    let claims = claims().to_string();
    for header in [
        HEADER,
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"at+JWT"}"#,
        r#"{"alg":"HS256","typ":"application/at+jwt"}"#,
        r#"{"alg":"HS256","jku":"https://evil.example/keys"}"#,
        r#"{"alg":"HS256","kid":"../../etc/passwd"}"#,
    ] {
        assert!(
            authenticator()
                .verify_now(&spelled(header, &claims))
                .is_ok(),
            "{header}"
        );
    }
    for (header, reason) in [
        (r#"{"alg":"none"}"#, Other),
        (r#"{"alg":"None"}"#, Other),
        (r#"{"alg":"nOnE","typ":"JWT"}"#, Other),
        (r#"{"alg":"hs256"}"#, Other),
        (r#"{"alg":"HS384"}"#, Other),
        (r#"{"alg":"RS256"}"#, Other),
        (r#"{"alg":"ES256"}"#, Other),
        (r#"{"alg":""}"#, Other),
        (r#"{"alg":["HS256"]}"#, Unreadable),
        (r#"{"typ":"JWT"}"#, Unreadable),
        (r#"{"alg":"HS256","typ":"id_token"}"#, Type),
        (r#"{"alg":"HS256","typ":"dpop+jwt"}"#, Type),
        (r#"{"alg":"HS256","typ":7}"#, Unreadable),
        (r#"{"alg":"HS256","crit":["b64"],"b64":false}"#, Type),
        (r#"{"alg":"HS256","crit":[]}"#, Type),
        (r#"{"alg":"HS256","crit":null}"#, Type),
        (r#"{"alg":"HS256","alg":"none"}"#, Unreadable),
        (r#"{"alg":"HS256""#, Unreadable),
        ("[]", Unreadable),
    ] {
        let refused = authenticator().verify_now(&spelled(header, &claims));
        assert_eq!(refused.expect_err(header).reason(), reason, "{header}");
    }
    let mut unsigned = spelled(r#"{"alg":"none"}"#, &claims);
    unsigned.truncate(unsigned.rfind('.').unwrap() + 1);
    assert!(authenticator().verify_now(&unsigned).is_err());
}

/// C8, E9: JWTs end on the gate's clock, at its mint and where callers open streams.
#[tokio::test]
async fn a_jwt_ends_on_the_clock_of_the_gate() {
    let clock = ManualClock::default();
    let gate = Gate::builder().with_clock(clock.clone()).in_memory();
    let route = SseRoute::new("/room").unwrap();
    let key = JwtKey::hs256(SECRET).unwrap();
    let authenticator = JwtAuthenticator::new(key, "issuer", "audience").unwrap();
    let whether = |request: MintRequest| std::future::ready(Ok::<_, Denied>(request.permit()));
    let mint = MintService::new(&gate, &route, authenticator, whether);
    let layer = GateLayer::new(&gate, &route).with_callers(&mint);
    let stream = layer.layer(tower::service_fn(async |_| {
        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
    }));
    let request = |method: &str, path: &str| {
        http::Request::builder()
            .method(method)
            .uri(path)
            .header("accept", "text/event-stream")
            .header("authorization", format!("Bearer {}", signed(&claims())))
            .body(Empty::<Bytes>::new())
            .unwrap()
    };
    for status in [200, 401] {
        let minted = mint.clone().oneshot(request("POST", "/room-token"));
        assert_eq!(minted.await.unwrap().status(), status);
        let opened = stream.clone().oneshot(request("GET", "/room"));
        assert_eq!(opened.await.unwrap().status(), status);
        clock.advance(Duration::from_secs(2 * 3600));
    }
}

/// C3: a signature that can't be read, and one that is another's, are told apart.
#[test]
fn every_signature_must_be_right() {
    let good = signed(&claims());
    let (message, _) = good.rsplit_once('.').unwrap();
    for (signature, reason) in [
        ("", CredentialReason::Signature),
        ("AAAA", CredentialReason::Signature),
        ("AAA!", CredentialReason::Unreadable),
        ("A", CredentialReason::Unreadable),
        ("AAA=", CredentialReason::Unreadable),
    ] {
        let refused = authenticator().verify_now(&format!("{message}.{signature}"));
        assert_eq!(
            refused.expect_err(signature).reason(),
            reason,
            "{signature}"
        );
    }
}

/// C9
#[test]
fn a_member_that_stands_twice_is_refused() {
    for twice in ["sub\":\"bob", "iss\":\"other", "aud\":\"other"] {
        let claims = claims().to_string();
        let claims = format!("{},\"{twice}\"}}", &claims[..claims.len() - 1]);
        assert!(
            authenticator()
                .verify_now(&spelled(HEADER, &claims))
                .is_err(),
            "{twice}"
        );
    }
    let claims = claims().to_string();
    let claims = format!("{},\"exp\":{}}}", &claims[..claims.len() - 1], u32::MAX);
    assert!(
        authenticator()
            .verify_now(&spelled(HEADER, &claims))
            .is_err()
    );
}

/// C9
#[test]
fn depth_and_length_are_bounded() {
    let deep = format!(
        "{{\"sub\":\"alice\",\"x\":{}{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let authenticator = authenticator().with_max_len(1 << 20);
    let refused = authenticator
        .verify_now(&spelled(HEADER, &deep))
        .unwrap_err();
    assert_eq!(refused.reason(), CredentialReason::Claims);
    let encrypted = authenticator.verify_now("a.b.c.d.e").unwrap_err();
    assert_eq!(encrypted.reason(), CredentialReason::Unreadable);
    let mut headers = http::HeaderMap::new();
    let long = format!("Bearer {}", "a".repeat(1 << 20));
    headers.insert("authorization", long.parse().unwrap());
    let refused = sse_gate::mint::Bearer::of(&headers).unwrap_err();
    assert_eq!(refused.reason(), CredentialReason::TooLarge);
}

#[test]
fn a_jwt_ends_on_the_clock_that_tokens_go_by() {
    let clock = ManualClock::default();
    let authenticator = on(clock.clone());
    let jwt = signed(&claims());
    clock.advance(Duration::from_secs(3600 + 4));
    let identity = authenticator.verify_now(&jwt).expect("within the leeway");
    assert!(!identity.expires_at().has_passed(clock.now()));
    clock.advance(Duration::from_secs(1));
    let refused = authenticator.verify_now(&jwt).unwrap_err();
    assert_eq!(refused.reason(), CredentialReason::Expired);
    assert!(authenticator.with_leeway(Duration::from_secs(31)).is_err());
}

/// C8: the leeway is one for all dates.
#[test]
fn the_leeway_counts_for_every_date() {
    let with = |secs| {
        authenticator()
            .with_leeway(Duration::from_secs(secs))
            .unwrap()
    };
    for leeway in [0, 5, 20, 30] {
        for (name, last, first) in [
            ("iat", NOW + leeway, NOW + leeway + 1),
            ("nbf", NOW + leeway, NOW + leeway + 1),
            ("exp", NOW - leeway + 1, NOW - leeway),
        ] {
            let passes = |date| with(leeway).verify_now(&changed(name, json!(date))).is_ok();
            assert!(passes(last), "{name} {leeway}");
            assert!(!passes(first), "{name} {leeway}");
        }
    }
}

/// C11, C8: a JWT that passes by the leeway gets a token at the mint, and the token opens a stream.
#[tokio::test]
async fn the_leeway_counts_at_the_mint_too() {
    let clock = ManualClock::default();
    let gate = Gate::builder().with_clock(clock.clone()).in_memory();
    let route = SseRoute::new("/room").unwrap();
    let room = || route.resource::<&str>([]).unwrap();
    let whether = |request: MintRequest| std::future::ready(Ok::<_, Denied>(request.permit()));
    let mint = MintService::new(&gate, &route, on(clock.clone()), whether);
    let ask = async |exp: u64| {
        let request = http::Request::post("/room-token")
            .header(
                "authorization",
                format!("Bearer {}", changed("exp", json!(exp))),
            )
            .body(Empty::<Bytes>::new())
            .unwrap();
        let response = mint.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice::<Value>(&body).unwrap())
    };
    assert_eq!(ask(NOW + 2).await.1["expires_in"], 2);
    let (status, body) = ask(NOW - 2).await;
    assert_eq!((status, &body["expires_in"]), (200, &json!(3)));
    let token = body["sse_token"].as_str().unwrap();
    assert!(gate.redeem(token, &room()).await.is_ok());
    assert_eq!(ask(NOW - 5).await.0, 401);
}

proptest! {
    /// C3: no bit of a JWT can be changed.
    #[test]
    fn a_changed_jwt_is_nobodys(place: prop::sample::Index, to in "[A-Za-z0-9_.-]") {
        let jwt = signed(&claims());
        let mut other = jwt.clone();
        let place = place.index(jwt.len());
        other.replace_range(place..=place, &to);
        // The last character of a part has bits that stand for nothing.
        prop_assume!(other != jwt && !jwt[place + 1..].starts_with('.') && place + 1 < jwt.len());
        prop_assert!(authenticator().verify_now(&other).is_err());
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,200}") {
        prop_assert!(authenticator().verify_now(&text).is_err());
    }
}

/// C3: keys that are too short for their algorithm, of another kind, or private.
#[test]
fn a_key_is_for_one_algorithm_and_long_enough() {
    let secret = [7; 64];
    for (len, make) in [
        (32, JwtKey::hs256 as fn(&[u8]) -> Result<JwtKey, InvalidKey>),
        (48, JwtKey::hs384),
        (64, JwtKey::hs512),
    ] {
        assert!(make(&secret[..len]).is_ok(), "{len}");
        assert!(make(&secret[..len - 1]).is_err(), "{len}");
    }
    let rsa = [
        JwtKey::rs256_pem as fn(&[u8]) -> Result<JwtKey, InvalidKey>,
        JwtKey::rs384_pem,
        JwtKey::rs512_pem,
        JwtKey::ps256_pem,
        JwtKey::ps384_pem,
        JwtKey::ps512_pem,
    ];
    let [rsa2048, rsa1024, private, es256, es384, eddsa, empty]: [&[u8]; 7] = [
        include_bytes!("keys/rs256.pub.pem"),
        include_bytes!("keys/rsa1024.pub.pem"),
        include_bytes!("keys/rs256.pem"),
        include_bytes!("keys/es256.pub.pem"),
        include_bytes!("keys/es384.pub.pem"),
        include_bytes!("keys/eddsa.pub.pem"),
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    ];
    for make in rsa {
        assert!(make(rsa2048).is_ok());
        for other in [rsa1024, private, es256, eddsa, empty, SECRET] {
            assert!(make(other).is_err());
        }
    }
    assert!(JwtKey::es256_pem(es256).is_ok() && JwtKey::es384_pem(es384).is_ok());
    assert!(JwtKey::eddsa_pem(eddsa).is_ok());
    for other in [es384, rsa2048, eddsa, empty, SECRET] {
        assert!(JwtKey::es256_pem(other).is_err());
    }
    for other in [es256, rsa2048, eddsa, empty, SECRET] {
        assert!(JwtKey::es384_pem(other).is_err());
    }
    for other in [es256, es384, rsa2048, empty, SECRET] {
        assert!(JwtKey::eddsa_pem(other).is_err());
    }
}
