//! Claims of a user's type.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "jwt-rust-crypto")]

mod jwts;

use std::fmt::Debug;

use jsonwebtoken::Algorithm::HS256;
use jwts::{NOW, VerifyNow, claims, reason, signed_with, with_keys};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sse_gate::core::CredentialReason;
use sse_gate::mint::Authenticator;
use sse_gate::{JwtAuthenticator, JwtKey};

#[derive(Debug, PartialEq, Deserialize)]
struct Tenancy {
    sub: String,
    tenant: String,
    #[serde(default)]
    roles: Vec<String>,
}

fn reading<T: DeserializeOwned + Send + Sync + 'static>() -> JwtAuthenticator<T> {
    let (authenticator, _) = with_keys(JwtKey::hs256(&[7; 64]).unwrap());
    authenticator.with_claims()
}

fn with(members: &[(&str, Value)]) -> String {
    let mut claims = claims();
    for (name, value) in members {
        claims[*name] = value.clone();
    }
    signed_with(HS256, None, &claims)
}

#[test]
fn claims_are_read_into_a_type_of_the_users() {
    let jwt = with(&[("tenant", json!("acme")), ("roles", json!(["a", "b"]))]);
    let identity = reading::<Tenancy>().verify_now(&jwt).unwrap();
    let claims = Tenancy {
        sub: "alice".to_owned(),
        tenant: "acme".to_owned(),
        roles: vec!["a".to_owned(), "b".to_owned()],
    };
    assert_eq!(identity.claims(), &claims);
    assert_eq!(identity.subject().as_str(), "alice");
    assert_eq!(identity.expires_at().as_unix_millis(), (NOW + 3600) * 1000);
}

/// C7: what does not fit is refused. What passes without a type still passes.
#[test]
fn claims_that_do_not_fit_are_refused() {
    let typed = reading::<Tenancy>();
    let untyped = with_keys(JwtKey::hs256(&[7; 64]).unwrap()).0;
    for (members, passes) in [
        (vec![("tenant", json!("acme"))], true),
        (
            vec![("tenant", json!("acme")), ("more", json!({"of": []}))],
            true,
        ),
        (vec![], false),
        (vec![("tenant", json!(null))], false),
        (vec![("tenant", json!(7))], false),
        (
            vec![("tenant", json!("acme")), ("roles", json!("admin"))],
            false,
        ),
        (
            vec![("tenant", json!("acme")), ("roles", json!([7]))],
            false,
        ),
    ] {
        let jwt = with(&members);
        let refused = reason(typed.verify_now(&jwt));
        let expected = (!passes).then_some(CredentialReason::Claims);
        assert_eq!(refused, expected, "{members:?}");
        assert!(untyped.verify_now(&jwt).is_ok(), "{members:?}");
    }
}

/// C7, C8: the type says nothing about the registered claims.
#[test]
fn registered_claims_are_checked_with_any_type() {
    let typed = reading::<Value>();
    for (name, value, refused) in [
        ("exp", json!(NOW - 60), CredentialReason::Expired),
        ("nbf", json!(NOW + 60), CredentialReason::NotYetValid),
        ("iss", json!("other"), CredentialReason::Issuer),
        ("aud", json!("other"), CredentialReason::Audience),
        ("sub", json!(""), CredentialReason::Claims),
        ("jti", json!(7), CredentialReason::Claims),
    ] {
        let jwt = with(&[(name, value)]);
        assert_eq!(reason(typed.verify_now(&jwt)), Some(refused), "{name}");
    }
    let identity = typed.verify_now(&with(&[])).unwrap();
    assert_eq!(identity.claims(), &claims());
}

/// D6: a type's own errors quote the JWT, so none of them is kept.
#[test]
fn a_report_quotes_nothing_of_the_claims() {
    let refused = reading::<Tenancy>().verify_now(&with(&[("tenant", json!(["canary"]))]));
    let refused = refused.unwrap_err();
    let source = std::error::Error::source(&refused).unwrap();
    let printed = format!("{refused} {refused:?} {source} {source:?}");
    assert!(!printed.contains("canary"), "{printed}");
}

/// The claims are part of the authenticator's type, and a clone keeps them.
#[tokio::test]
async fn an_authenticator_hands_over_the_claims() {
    async fn claims_of<A: Authenticator<Claims: Debug>>(who: &A, jwt: &str) -> String {
        let request = http::Request::get("/").header("authorization", format!("Bearer {jwt}"));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let identity = who.authenticate(&parts).await.unwrap();
        format!("{:?}", identity.claims())
    }
    let jwt = with(&[("tenant", json!("acme"))]);
    let typed = reading::<Tenancy>().clone();
    let shown = claims_of(&typed, &jwt).await;
    assert!(shown.contains("acme"), "{shown}");
    let untyped = with_keys(JwtKey::hs256(&[7; 64]).unwrap()).0;
    assert_eq!(claims_of(&untyped, &jwt).await, "()");
}
