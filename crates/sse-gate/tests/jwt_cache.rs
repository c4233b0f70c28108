//! Signatures that are remembered: what is checked all the same.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "jwt-rust-crypto")]

mod jwts;

use std::cell::Cell;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use jsonwebtoken::Algorithm::{self, ES256, EdDSA, HS256};
use jsonwebtoken::crypto::{CryptoProvider, rust_crypto};
use jwts::{NOW, VerifyNow, claims, jwk, reason, set, signed, signed_with, with_keys};
use serde_json::json;
use sse_gate::JwtAuthenticator;
use sse_gate::core::CredentialReason;
use sse_gate::jwt::{JwkSet, JwtKey, KeyError, KeyId, KeySource};

fn keys(ids: &[(Algorithm, &str)]) -> JwkSet {
    count_verifications();
    JwkSet::parse(set(ids.iter().map(|(algorithm, id)| jwk(*algorithm, id)))).unwrap()
}

/// Keys that a test replaces.
#[derive(Clone)]
struct Rotating(Arc<Mutex<JwkSet>>);

impl Rotating {
    fn new(set: JwkSet) -> Self {
        Self(Arc::new(Mutex::new(set)))
    }

    fn rotate(&self, set: JwkSet) {
        *self.0.lock().unwrap() = set;
    }
}

impl KeySource for Rotating {
    fn key(&self, id: Option<&KeyId>) -> impl Future<Output = Result<JwtKey, KeyError>> + Send {
        let key = self.0.lock().unwrap().get(id).cloned();
        std::future::ready(key.ok_or_else(KeyError::unknown))
    }
}

/// C8: an end is an end, whether the signature is remembered or not.
#[test]
fn an_expired_jwt_is_refused_though_its_signature_is_remembered() {
    let (authenticator, clock) = with_keys(keys(&[(ES256, "a")]));
    let mut brief = claims();
    brief["exp"] = (NOW + 60).into();
    let jwt = signed_with(ES256, Some("a"), &brief);
    for _ in 0..3 {
        assert!(authenticator.verify_now(&jwt).is_ok());
    }
    clock.advance(Duration::from_secs(64));
    assert!(authenticator.verify_now(&jwt).is_ok(), "within the leeway");
    clock.advance(Duration::from_secs(1));
    let refused = reason(authenticator.verify_now(&jwt));
    assert_eq!(refused, Some(CredentialReason::Expired));
}

/// Claims whose role is a number.
#[derive(Debug, serde::Deserialize)]
struct Numbered {
    #[serde(default, rename = "role")]
    _role: u8,
}

/// C7, C8: every claim is checked each time. Clones share what is remembered.
#[test]
fn claims_are_checked_though_the_signature_is_remembered() {
    use CredentialReason::{Audience, Claims, Issuer, NotYetValid};

    let keys = keys(&[(ES256, "a")]);
    let (authenticator, _) = with_keys(keys);
    let rows = [
        ("iss", json!("other"), Issuer),
        ("aud", json!(["other"]), Audience),
        ("nbf", json!(NOW + 10), NotYetValid),
        ("role", json!("admin"), Claims),
    ];
    // The lenient one comes first, so that the signature of each is remembered.
    let lenient = authenticator
        .clone()
        .with_issuer("other")
        .with_audience("other")
        .with_leeway(Duration::from_secs(10))
        .unwrap();
    let strict = authenticator.with_claims::<Numbered>();
    for (name, value, refused) in rows {
        let mut claims = claims();
        claims[name] = value;
        let jwt = signed_with(ES256, Some("a"), &claims);
        for _ in 0..2 {
            assert!(lenient.verify_now(&jwt).is_ok(), "{name}");
            assert_eq!(reason(strict.verify_now(&jwt)), Some(refused), "{name}");
        }
    }
}

/// C4, C6: what a key has signed counts for nothing once the key is gone, or another has its id.
#[test]
fn a_jwt_is_refused_though_remembered_when_its_key_was_rotated_out() {
    let source = Rotating::new(keys(&[(ES256, "a"), (EdDSA, "b")]));
    let (authenticator, _) = with_keys(source.clone());
    let jwt = signed(ES256, Some("a"));
    assert!(authenticator.verify_now(&jwt).is_ok());
    source.rotate(keys(&[(EdDSA, "b")]));
    let refused = reason(authenticator.verify_now(&jwt));
    assert_eq!(refused, Some(CredentialReason::UnknownKey));
    source.rotate(keys(&[(EdDSA, "a")]));
    let refused = reason(authenticator.verify_now(&jwt));
    assert_eq!(refused, Some(CredentialReason::Algorithm));
    source.rotate(other_es256("a"));
    let refused = reason(authenticator.verify_now(&jwt));
    assert_eq!(refused, Some(CredentialReason::Signature));
    source.rotate(keys(&[(ES256, "a")]));
    assert!(authenticator.verify_now(&jwt).is_ok());
}

/// Another key of P-256: the example of RFC 7515 §A.3.
fn other_es256(kid: &str) -> JwkSet {
    count_verifications();
    let key = json!({
        "kty": "EC", "crv": "P-256", "kid": kid,
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    JwkSet::parse(set([key])).unwrap()
}

/// C3: each byte of the text counts.
#[test]
fn a_changed_byte_is_refused_though_the_jwt_is_remembered() {
    let (authenticator, _) = with_keys(keys(&[(EdDSA, "a")]));
    let jwt = signed(EdDSA, Some("a"));
    assert!(authenticator.verify_now(&jwt).is_ok());
    for at in 0..jwt.len() {
        let to = if &jwt[at..=at] == "A" { "B" } else { "A" };
        let mut changed = jwt.clone();
        changed.replace_range(at..=at, to);
        assert!(authenticator.verify_now(&changed).is_err(), "{at}");
    }
    assert!(authenticator.verify_now(&jwt).is_ok());
}

/// C3: what was refused once is verified again, and refused again.
#[test]
fn a_bad_signature_is_never_remembered() {
    let source = Rotating::new(other_es256("a"));
    let (authenticator, _) = with_keys(source.clone());
    let jwt = signed(ES256, Some("a"));
    for _ in 0..3 {
        let refused = reason(authenticator.verify_now(&jwt));
        assert_eq!(refused, Some(CredentialReason::Signature));
    }
    source.rotate(keys(&[(ES256, "a")]));
    assert!(authenticator.verify_now(&jwt).is_ok());
}

thread_local! {
    /// How many signatures this test has had verified.
    static VERIFIED: Cell<usize> = const { Cell::new(0) };
}

/// Has `RustCrypto` verify signatures, and counts them.
fn count_verifications() {
    static PROVIDER: OnceLock<CryptoProvider> = OnceLock::new();
    let provider = PROVIDER.get_or_init(|| CryptoProvider {
        verifier_factory: |algorithm, key| {
            VERIFIED.set(VERIFIED.get() + 1);
            (rust_crypto::DEFAULT_PROVIDER.verifier_factory)(algorithm, key)
        },
        ..rust_crypto::DEFAULT_PROVIDER.clone()
    });
    let _ = provider.install_default();
}

/// Whether a good JWT passes without its signature being verified.
fn is_remembered(authenticator: &JwtAuthenticator, jwt: &str) -> bool {
    let before = VERIFIED.get();
    authenticator.verify_now(jwt).unwrap();
    VERIFIED.get() == before
}

#[test]
fn a_signature_is_verified_once_in_five_minutes() {
    let (authenticator, clock) = with_keys(keys(&[(ES256, "a")]));
    let jwt = signed(ES256, Some("a"));
    assert!(!is_remembered(&authenticator, &jwt));
    assert!(is_remembered(&authenticator, &jwt));
    clock.advance(Duration::from_secs(299));
    assert!(is_remembered(&authenticator, &jwt));
    clock.advance(Duration::from_secs(1));
    assert!(!is_remembered(&authenticator, &jwt));
    assert!(is_remembered(&authenticator, &jwt));
}

/// A JWT that is refused for its claims takes no room.
#[test]
fn only_what_passes_is_remembered() {
    let (authenticator, _) = with_keys(keys(&[(ES256, "a")]));
    let mut other = claims();
    other["aud"] = "other".into();
    let jwt = signed_with(ES256, Some("a"), &other);
    assert!(authenticator.verify_now(&jwt).is_err());
    let lenient = authenticator.with_audience("other");
    assert!(!is_remembered(&lenient, &jwt));
    assert!(is_remembered(&lenient, &jwt));
}

/// With room for eight, a ninth JWT takes the place of the one that ends first.
#[test]
fn the_number_of_remembered_signatures_is_bounded() {
    let (authenticator, _) = with_keys(keys(&[(ES256, "a")]));
    for entries in [1, 8] {
        let authenticator = authenticator.clone().with_signature_cache(entries);
        let jwts: Vec<_> = (0..9)
            .map(|at| {
                let mut claims = claims();
                claims["exp"] = (NOW + 60 + at).into();
                signed_with(ES256, Some("a"), &claims)
            })
            .collect();
        for jwt in &jwts {
            authenticator.verify_now(jwt).unwrap();
        }
        for jwt in &jwts[1..] {
            assert!(is_remembered(&authenticator, jwt));
        }
        assert!(!is_remembered(&authenticator, &jwts[0]));
    }
}

/// One JWT takes one place, however often it is shown.
#[test]
fn a_jwt_that_is_shown_again_takes_no_second_place() {
    let (authenticator, clock) = with_keys(keys(&[(ES256, "a")]));
    let authenticator = authenticator.with_signature_cache(8);
    let jwts: Vec<_> = (0..8)
        .map(|at| {
            let mut claims = claims();
            claims["jti"] = at.to_string().into();
            signed_with(ES256, Some("a"), &claims)
        })
        .collect();
    for _ in 0..20 {
        for jwt in &jwts {
            authenticator.verify_now(jwt).unwrap();
        }
        clock.advance(Duration::from_secs(20));
    }
    assert!(jwts.iter().all(|jwt| is_remembered(&authenticator, jwt)));
}

/// With no room each signature is verified each time.
#[test]
fn nothing_is_remembered_if_the_cache_is_off() {
    let (authenticator, _) = with_keys(keys(&[(ES256, "a")]));
    let authenticator = authenticator.with_signature_cache(0);
    let jwt = signed(ES256, Some("a"));
    for _ in 0..3 {
        assert!(!is_remembered(&authenticator, &jwt));
    }
}

/// Its hash would take about as long as its signature.
#[test]
fn a_jwt_with_a_shared_secret_is_not_remembered() {
    count_verifications();
    let (authenticator, _) = with_keys(JwtKey::hs256(&[7; 64]).unwrap());
    let jwt = signed(HS256, None);
    for _ in 0..3 {
        assert!(!is_remembered(&authenticator, &jwt));
    }
}
