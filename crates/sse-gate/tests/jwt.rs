//! `JwtAuthenticator`: which JWTs are somebody's.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "jwt-rust-crypto")]

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use sse_gate::core::{Clock, ManualClock};
use sse_gate::{JwtAuthenticator, JwtKey};

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
    let identity = authenticator().verify(&signed(&claims())).unwrap();
    assert_eq!(identity.subject().as_str(), "alice");
    assert_eq!(identity.expires_at().as_unix_millis(), (NOW + 3600) * 1000);
    let spelled = spelled(HEADER, &claims().to_string());
    assert!(
        authenticator().verify(&spelled).is_ok(),
        "the tests spell JWTs wrong"
    );
}

/// C7, C8, C10
#[test]
fn every_claim_must_be_right() {
    let good = [
        ("aud", json!(["other", "audience"])),
        ("exp", json!(1_767_225_600.5)),
        ("exp", json!(u64::MAX)),
        ("nbf", json!(NOW)),
        ("nbf", json!(NOW + 5)),
        ("iat", Value::Null),
    ];
    for (name, value) in good {
        assert!(
            authenticator()
                .verify(&changed(name, value.clone()))
                .is_ok(),
            "{name} {value}"
        );
    }
    let bad = [
        ("aud", Value::Null),
        ("aud", json!("other")),
        ("aud", json!([])),
        ("aud", json!({"audience": 1})),
        ("iss", Value::Null),
        ("iss", json!("other")),
        ("iss", json!(7)),
        ("sub", Value::Null),
        ("sub", json!("")),
        ("sub", json!("a\nb")),
        ("sub", json!("x".repeat(4096))),
        ("sub", json!(7)),
        ("exp", Value::Null),
        ("exp", json!("2030-01-01")),
        ("exp", json!((NOW + 3600).to_string())),
        ("exp", json!(-1)),
        ("exp", json!(1e308)),
        ("exp", json!(NOW - 6)),
        ("exp", json!(0)),
        ("nbf", json!(NOW + 6)),
        ("nbf", json!("later")),
        ("nbf", json!(u64::MAX)),
        ("iat", json!(NOW + 6)),
    ];
    for (name, value) in bad {
        let refused = authenticator().verify(&changed(name, value.clone()));
        assert!(refused.is_err(), "{name} {value:.40}");
    }
}

/// C3, C5, C7, C9: only a JWS of the one algorithm, with nothing that asks for more.
#[test]
fn every_header_must_be_right() {
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
            authenticator().verify(&spelled(header, &claims)).is_ok(),
            "{header}"
        );
    }
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":"nOnE","typ":"JWT"}"#,
        r#"{"alg":"HS384"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":"ES256"}"#,
        r#"{"typ":"JWT"}"#,
        r#"{"alg":"HS256","typ":"id_token"}"#,
        r#"{"alg":"HS256","typ":"dpop+jwt"}"#,
        r#"{"alg":"HS256","crit":["b64"],"b64":false}"#,
        r#"{"alg":"HS256","crit":[]}"#,
        r#"{"alg":"HS256","alg":"none"}"#,
    ] {
        assert!(
            authenticator().verify(&spelled(header, &claims)).is_err(),
            "{header}"
        );
    }
    let mut unsigned = spelled(r#"{"alg":"none"}"#, &claims);
    unsigned.truncate(unsigned.rfind('.').unwrap() + 1);
    assert!(authenticator().verify(&unsigned).is_err());
}

/// C9
#[test]
fn a_member_that_stands_twice_is_refused() {
    for twice in ["sub\":\"bob", "iss\":\"other", "aud\":\"other"] {
        let claims = claims().to_string();
        let claims = format!("{},\"{twice}\"}}", &claims[..claims.len() - 1]);
        assert!(
            authenticator().verify(&spelled(HEADER, &claims)).is_err(),
            "{twice}"
        );
    }
    let claims = claims().to_string();
    let claims = format!("{},\"exp\":{}}}", &claims[..claims.len() - 1], u32::MAX);
    assert!(authenticator().verify(&spelled(HEADER, &claims)).is_err());
}

/// C9
#[test]
fn depth_and_length_are_bounded() {
    let deep = format!(
        "{{\"sub\":\"alice\",\"x\":{}{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    assert!(authenticator().verify(&spelled(HEADER, &deep)).is_err());
    assert!(
        authenticator().verify("a.b.c.d.e").is_err(),
        "an encrypted one"
    );
    let mut headers = http::HeaderMap::new();
    let long = format!("Bearer {}", "a".repeat(1 << 20));
    headers.insert("authorization", long.parse().unwrap());
    assert!(sse_gate::mint::Bearer::of(&headers).is_err());
}

#[test]
fn a_jwt_ends_on_the_clock_that_tokens_go_by() {
    let clock = ManualClock::default();
    let authenticator = on(clock.clone());
    let jwt = signed(&claims());
    clock.advance(Duration::from_secs(3600 + 4));
    assert!(authenticator.verify(&jwt).is_ok(), "within the leeway");
    clock.advance(Duration::from_secs(1));
    assert!(authenticator.verify(&jwt).is_err());
    assert!(authenticator.with_leeway(Duration::from_secs(31)).is_err());
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
        prop_assert!(authenticator().verify(&other).is_err());
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,200}") {
        prop_assert!(authenticator().verify(&text).is_err());
    }
}

#[test]
fn a_key_is_for_one_algorithm_and_long_enough() {
    assert!(JwtKey::hs256(&SECRET[..31]).is_err());
    assert!(JwtKey::es256_pem(SECRET).is_err());
    assert!(
        JwtKey::rs256_pem(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----").is_err()
    );
}
