//! `JwkSet`: which keys of an issuer are used, and which of them verifies a JWT.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "jwt-rust-crypto")]

mod jwts;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use jsonwebtoken::Algorithm::{self, ES256, ES384, EdDSA, PS256, RS256, RS512};
use jwts::{VerifyNow, changed, claims, jwk, reason, set, signed, spelled, with_keys};
use proptest::prelude::*;
use serde_json::{Value, json};
use sse_gate::JwtAuthenticator;
use sse_gate::core::CredentialReason;
use sse_gate::jwt::{
    JwkSet, JwkSetError, JwtKey, KeyError, KeyId, KeySource, RsaAlgorithm, SkippedKey,
    SkippedKeyReason,
};

/// The first key is good; the reason is why the second is skipped, if it is.
fn second(entry: Value) -> Option<SkippedKeyReason> {
    let text = set([jwk(ES384, "good"), entry]);
    let set = JwkSet::parse(&text).unwrap();
    assert!(set.get(Some(&KeyId::new("good").unwrap())).is_some());
    assert_eq!(set.key_count() + set.skipped().len(), 2, "{set:?}");
    set.skipped().first().map(|skipped| {
        assert_eq!(skipped.index(), 1);
        let line = format!(
            "key 1 of the JWK set was skipped: {}",
            skipped.reason().as_str()
        );
        assert_eq!(skipped.to_string(), line);
        skipped.reason()
    })
}

/// C6, C3: each way for an entry to be no key for signatures.
#[test]
fn keys_that_can_not_be_trusted_are_skipped() {
    use SkippedKeyReason::{
        Algorithm as Alg, InvalidId, InvalidKey, Malformed, NoId, Operations, Private, SharedId,
        Symmetric, Unsupported, Use,
    };

    let rsa = |changes: Value| changed(jwk(RS256, "a"), &changes);
    let ec = |changes: Value| changed(jwk(ES256, "a"), &changes);
    let ed = |changes: Value| changed(jwk(EdDSA, "a"), &changes);
    let short = "A".repeat(40);
    let rows = [
        (json!("text"), Malformed),
        (json!(null), Malformed),
        (json!({}), Malformed),
        (json!({"kty": "XYZ", "kid": "a"}), Unsupported),
        (json!({"kty": 7}), Malformed),
        (
            json!({"kty": "oct", "k": "c2VjcmV0", "kid": "a"}),
            Symmetric,
        ),
        (json!({"kty": "oct", "kid": "a", "use": "enc"}), Symmetric),
        (rsa(json!({"d": "AQAB"})), Private),
        (rsa(json!({"p": "AQAB"})), Private),
        (rsa(json!({"q": "AQAB"})), Private),
        (rsa(json!({"dp": "AQAB"})), Private),
        (rsa(json!({"dq": "AQAB"})), Private),
        (rsa(json!({"qi": "AQAB"})), Private),
        (rsa(json!({"oth": []})), Private),
        (rsa(json!({"k": "AQAB"})), Private),
        (ec(json!({"d": ""})), Private),
        (rsa(json!({"use": "enc"})), Use),
        (rsa(json!({"use": "enc", "alg": "RSA-OAEP"})), Use),
        (rsa(json!({"use": "SIG"})), Use),
        (rsa(json!({"use": 7})), Malformed),
        (rsa(json!({"key_ops": ["encrypt", "sign"]})), Operations),
        (rsa(json!({"key_ops": []})), Operations),
        (rsa(json!({"key_ops": "verify"})), Malformed),
        (rsa(json!({"kid": ""})), InvalidId),
        (rsa(json!({"kid": "x".repeat(65)})), InvalidId),
        (rsa(json!({"kid": "a\nb"})), InvalidId),
        (rsa(json!({"kid": 7})), Malformed),
        (rsa(json!({"kid": ["a"]})), Malformed),
        (rsa(json!({"alg": "HS256"})), Alg),
        (rsa(json!({"alg": "none"})), Alg),
        (rsa(json!({"alg": "ES256"})), Alg),
        (rsa(json!({"alg": "RSA-OAEP"})), Alg),
        (rsa(json!({"alg": "rs256"})), Alg),
        (rsa(json!({"alg": ["RS256"]})), Malformed),
        (rsa(json!({"n": "AQAB"})), InvalidKey),
        (rsa(json!({"n": "=not base64="})), InvalidKey),
        (rsa(json!({"n": null})), Malformed),
        (rsa(json!({"e": null})), Malformed),
        (rsa(json!({"e": 65537})), Malformed),
        (rsa(json!({"e": ""})), InvalidKey),
        (rsa(json!({"e": "AQ"})), InvalidKey),
        (rsa(json!({"e": "AAAB"})), InvalidKey),
        (rsa(json!({"e": "Ag"})), InvalidKey),
        (ec(json!({"crv": "P-521"})), Unsupported),
        (ec(json!({"crv": "secp256k1"})), Unsupported),
        (ec(json!({"crv": null})), Malformed),
        (ec(json!({"crv": "P-384"})), Alg),
        (ec(json!({"crv": "P-384", "alg": null})), InvalidKey),
        (ec(json!({"alg": "RS256"})), Alg),
        (ec(json!({"x": short})), InvalidKey),
        (ec(json!({"y": short})), InvalidKey),
        (ec(json!({"x": short, "y": short})), InvalidKey),
        (ec(json!({"y": null})), Malformed),
        (ed(json!({"crv": "X25519"})), Unsupported),
        (ed(json!({"crv": "Ed448"})), Unsupported),
        (ed(json!({"alg": "ES256"})), Alg),
        (ed(json!({"x": short})), InvalidKey),
        (ed(json!({"x": null})), Malformed),
        (rsa(json!({"kid": null})), NoId),
        (ec(json!({"kid": "good"})), SharedId),
    ];
    for (entry, reason) in rows {
        if reason == SharedId {
            let text = set([jwk(EdDSA, "other"), jwk(ES384, "good"), entry]);
            let set = JwkSet::parse(&text).unwrap();
            let skipped: Vec<_> = set
                .skipped()
                .iter()
                .map(|it| (it.index(), it.reason()))
                .collect();
            assert_eq!(skipped, [(1, SharedId), (2, SharedId)], "neither is used");
            continue;
        }
        assert_eq!(second(entry.clone()), Some(reason), "{entry:.200}");
    }
}

/// What metrics and logs show.
#[test]
fn each_reason_has_a_name_of_its_own() {
    use SkippedKeyReason::{
        Algorithm, InvalidId, InvalidKey, Malformed, NoId, Operations, Private, SharedId,
        Symmetric, Unsupported, Use,
    };

    let names = [
        (Malformed, "malformed"),
        (Unsupported, "unsupported"),
        (Symmetric, "symmetric"),
        (Private, "private"),
        (Use, "other_use"),
        (Operations, "other_operations"),
        (Algorithm, "wrong_algorithm"),
        (InvalidKey, "invalid_key"),
        (InvalidId, "invalid_id"),
        (SharedId, "shared_id"),
        (NoId, "no_id"),
    ];
    for (reason, name) in names {
        assert_eq!(reason.as_str(), name);
    }
}

/// C6: 2,048 to 8,192 bits.
#[test]
fn the_size_of_an_rsa_key_is_bounded() {
    use base64ct::{Base64UrlUnpadded, Encoding};

    for (bits, zeros, good) in [
        (1024, 0, false),
        (2047, 0, false),
        (2047, 3, false),
        (2048, 0, true),
        (2048, 3, true),
        (4096, 0, true),
        (8192, 0, true),
        (8193, 0, false),
    ] {
        let mut modulus = vec![0; zeros];
        modulus.extend([0xA5].repeat(usize::div_ceil(bits, 8)));
        modulus[zeros] = 0xFF >> ((modulus.len() - zeros) * 8 - bits);
        let n = Base64UrlUnpadded::encode_string(&modulus);
        let skipped = second(changed(jwk(RS256, "a"), &json!({ "n": n })));
        assert_eq!(
            skipped.is_none(),
            good,
            "{bits} bits and {zeros} zero bytes"
        );
    }
}

#[test]
fn members_that_are_unknown_or_optional_may_be_there_or_not() {
    for changes in [
        json!({"use": null}),
        json!({"alg": null}),
        json!({"key_ops": ["verify"]}),
        json!({"key_ops": ["sign", "verify"], "use": null}),
        json!({"kid": "x".repeat(64)}),
        json!({"kid": "ключ"}),
        json!({"x5c": ["MIIC"], "x5t": "abc", "ext": {"a": [1, 2]}}),
    ] {
        for algorithm in [RS256, ES256, EdDSA] {
            let skipped = second(changed(jwk(algorithm, "a"), &changes));
            assert_eq!(skipped, None, "{algorithm:?} {changes}");
        }
    }
}

/// C3: a key is for the algorithm that its JWK names, or for the usual one of its kind.
#[test]
fn a_key_verifies_by_one_algorithm() {
    let algorithms = [RS256, RS512, PS256, ES256, ES384, EdDSA];
    let rows = [
        (jwk(RS256, "a"), None, RS256),
        (jwk(RS512, "a"), None, RS512),
        (jwk(PS256, "a"), Some(RsaAlgorithm::Rs512), PS256),
        (jwk(ES256, "a"), None, ES256),
        (jwk(ES384, "a"), None, ES384),
        (jwk(EdDSA, "a"), None, EdDSA),
        (changed(jwk(RS256, "a"), &json!({"alg": null})), None, RS256),
        (
            changed(jwk(RS256, "a"), &json!({"alg": null})),
            Some(RsaAlgorithm::Ps256),
            PS256,
        ),
        (
            changed(jwk(RS256, "a"), &json!({"alg": null})),
            Some(RsaAlgorithm::Rs512),
            RS512,
        ),
        (changed(jwk(ES256, "a"), &json!({"alg": null})), None, ES256),
        (changed(jwk(ES384, "a"), &json!({"alg": null})), None, ES384),
        (changed(jwk(EdDSA, "a"), &json!({"alg": null})), None, EdDSA),
    ];
    for (key, rsa, of) in rows {
        let text = set([key.clone()]);
        let set = match rsa {
            Some(rsa) => JwkSet::parse_with_rsa_default(text, rsa),
            None => JwkSet::parse(text),
        };
        let (authenticator, _) = with_keys(set.unwrap());
        for algorithm in algorithms {
            let refused = reason(authenticator.verify_now(&signed(algorithm, Some("a"))));
            let expected = (algorithm != of).then_some(CredentialReason::Algorithm);
            assert_eq!(refused, expected, "{algorithm:?} by {key}");
        }
    }
}

#[test]
fn every_name_of_an_rsa_algorithm_is_known() {
    use Algorithm::{PS384, PS512, RS384};

    let rows = [
        ("RS256", RsaAlgorithm::Rs256, RS256),
        ("RS384", RsaAlgorithm::Rs384, RS384),
        ("RS512", RsaAlgorithm::Rs512, RS512),
        ("PS256", RsaAlgorithm::Ps256, PS256),
        ("PS384", RsaAlgorithm::Ps384, PS384),
        ("PS512", RsaAlgorithm::Ps512, PS512),
    ];
    for (name, rsa, algorithm) in rows {
        let named = set([changed(jwk(RS256, "a"), &json!({ "alg": name }))]);
        let default = set([changed(jwk(RS256, "a"), &json!({ "alg": null }))]);
        for set in [
            JwkSet::parse(named),
            JwkSet::parse_with_rsa_default(default, rsa),
        ] {
            let (authenticator, _) = with_keys(set.unwrap());
            let verified = authenticator.verify_now(&signed(algorithm, Some("a")));
            assert!(verified.is_ok(), "{name}");
        }
    }
}

/// C4: a `kid` is compared byte by byte, and nothing else is done with it.
#[test]
fn a_jwt_is_verified_with_the_key_that_it_names() {
    use CredentialReason::{Algorithm, Signature, UnknownKey, Unreadable};

    let two = set([jwk(ES256, "a"), jwk(EdDSA, "b")]);
    let (two, _) = with_keys(JwkSet::parse(two).unwrap());
    let by = |kid: Value| {
        let header = json!({"alg": "ES256", "kid": kid});
        reason(two.verify_now(&spelled(ES256, &header, &claims())))
    };
    for (kid, refused) in [
        (json!("a"), None),
        (json!("b"), Some(Algorithm)),
        (json!("A"), Some(UnknownKey)),
        (json!("a "), Some(UnknownKey)),
        (json!("c"), Some(UnknownKey)),
        (json!(""), Some(UnknownKey)),
        (json!("../../etc/passwd"), Some(UnknownKey)),
        (json!("a' OR '1'='1"), Some(UnknownKey)),
        (json!("https://evil.example/keys#a"), Some(UnknownKey)),
        (json!("a\u{0}"), Some(UnknownKey)),
        (json!("x".repeat(4000)), Some(UnknownKey)),
        (json!(null), Some(Unreadable)),
        (json!(7), Some(Unreadable)),
        (json!(["a"]), Some(Unreadable)),
    ] {
        assert_eq!(by(kid.clone()), refused, "{kid}");
    }
    assert_eq!(
        reason(two.verify_now(&signed(ES256, None))),
        Some(UnknownKey)
    );
    // The same algorithm, and the key of another id.
    let other = changed(
        jwk(ES256, "a"),
        &json!({"x": jwk(ES256, "")["y"], "y": jwk(ES256, "")["x"]}),
    );
    let swapped = JwkSet::parse(set([other, jwk(ES256, "b")])).unwrap();
    let swapped = JwtAuthenticator::new(Hidden(swapped), "issuer", "audience").unwrap();
    assert_eq!(
        reason(swapped.verify_now(&signed(ES256, Some("a")))),
        Some(Signature)
    );
}

/// A set that is not looked at before it is used.
struct Hidden(JwkSet);

impl KeySource for Hidden {
    fn key(&self, id: Option<&KeyId>) -> impl Future<Output = Result<JwtKey, KeyError>> + Send {
        self.0.key(id)
    }
}

/// C4: without a `kid` there must be no choice.
#[test]
fn a_jwt_without_a_kid_needs_a_set_of_one_key() {
    let encryption = changed(jwk(RS256, "e"), &json!({"use": "enc"}));
    let nameless = changed(jwk(ES256, ""), &json!({"kid": null}));
    let rows = [
        (vec![jwk(ES256, "a")], true),
        (vec![encryption.clone(), jwk(ES256, "a")], true),
        (vec![nameless.clone()], true),
        (vec![jwk(ES256, "a"), jwk(EdDSA, "b")], false),
        (vec![nameless.clone(), jwk(EdDSA, "b")], false),
        (
            vec![jwk(EdDSA, "b"), jwk(RS256, "c"), nameless.clone()],
            false,
        ),
        (
            vec![jwk(EdDSA, "b"), jwk(RS256, "b"), jwk(ES256, "a")],
            false,
        ),
    ];
    for (keys, passes) in rows {
        let ids: Vec<_> = keys.iter().map(|key| key["kid"].clone()).collect();
        let (authenticator, _) = with_keys(JwkSet::parse(set(keys)).unwrap());
        let verified = authenticator.verify_now(&signed(ES256, None));
        assert_eq!(verified.is_ok(), passes, "{ids:?}");
    }
    let alone = JwkSet::parse(set([nameless])).unwrap();
    assert!(alone.skipped().is_empty(), "it is in use");
    let (authenticator, _) = with_keys(alone);
    let named = authenticator.verify_now(&signed(ES256, Some("a")));
    assert_eq!(reason(named), Some(CredentialReason::UnknownKey));
}

/// Entries that can't be used are listed in the order of the text, whatever is wrong with them.
#[test]
fn skipped_keys_are_in_the_order_of_the_text() {
    let other = changed(jwk(RS256, "e"), &json!({"use": "enc"}));
    let keys = [jwk(ES256, "b"), other, jwk(EdDSA, "b"), jwk(EdDSA, "a")];
    let set = JwkSet::parse(set(keys)).unwrap();
    let places: Vec<_> = set.skipped().iter().map(SkippedKey::index).collect();
    assert_eq!(places, [0, 1, 2]);
}

/// C6: caps on the text and on the entries, used or not.
#[test]
fn a_set_is_bounded() {
    let long = |len: usize| {
        let text = set([jwk(ES256, "a")]);
        format!("{text}{}", " ".repeat(len - text.len()))
    };
    assert!(JwkSet::parse(long(256 * 1024)).is_ok());
    let refused = JwkSet::parse(long(256 * 1024 + 1)).unwrap_err();
    assert!(matches!(refused, JwkSetError::TooLong), "{refused}");
    let many = |count: usize| {
        let other = json!({"kty": "XYZ"});
        set([jwk(ES256, "a")].into_iter().chain(vec![other; count - 1]))
    };
    assert_eq!(JwkSet::parse(many(64)).unwrap().skipped().len(), 63);
    let refused = JwkSet::parse(many(65)).unwrap_err();
    assert!(matches!(refused, JwkSetError::TooManyKeys), "{refused}");
    let refused = JwkSet::parse(many(10_000)).unwrap_err();
    assert!(matches!(refused, JwkSetError::TooManyKeys), "{refused}");
}

/// C6
#[test]
fn a_text_without_keys_is_not_a_set() {
    let deep = format!("{{\"keys\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for text in [
        "",
        "null",
        "[]",
        "{}",
        "7",
        "<html></html>",
        r#"{"keys": 7}"#,
        r#"{"keys": {}}"#,
        r#"{"keys": [}"#,
        r#"{"keys": [], "keys": []}"#,
        r#"{"keys": []} trailing"#,
        &deep,
        &jwk(ES256, "a").to_string(),
    ] {
        let refused = JwkSet::parse(text).expect_err(text);
        assert!(matches!(refused, JwkSetError::NotJwkSet(_)), "{text:.100}");
    }
    for keys in [
        vec![],
        vec![json!({"kty": "oct", "k": "AAAA"})],
        vec![jwk(ES256, "a"), jwk(EdDSA, "a")],
    ] {
        let refused = JwkSet::parse(set(keys)).unwrap_err();
        assert!(matches!(refused, JwkSetError::NoUsableKey), "{refused}");
    }
}

/// A point that is not on the curve is found when the authenticator is made.
#[cfg(not(feature = "jwt-aws-lc-rs"))]
#[test]
fn a_damaged_key_of_a_set_is_an_error_at_the_start() {
    use sse_gate::jwt::JwtSetupError;

    let key = jwk(ES256, "a");
    let damaged = changed(
        key.clone(),
        &json!({"x": key["y"], "y": key["x"], "kid": "b"}),
    );
    for keys in [vec![damaged.clone()], vec![key, damaged.clone()]] {
        let set = JwkSet::parse(set(keys)).unwrap();
        let refused = JwtAuthenticator::new(set, "issuer", "audience");
        assert_eq!(refused.unwrap_err(), JwtSetupError::Key);
    }
    let nameless = changed(damaged, &json!({"kid": null}));
    let set = JwkSet::parse(set([nameless])).unwrap();
    let key = set.get(None).unwrap().clone();
    let refused = JwtAuthenticator::new(key, "issuer", "audience");
    assert_eq!(refused.unwrap_err(), JwtSetupError::Key);
    let refused = JwtAuthenticator::new(Arc::new(set), "issuer", "audience");
    assert_eq!(refused.unwrap_err(), JwtSetupError::Key);
}

/// A source that counts what it is asked.
#[derive(Clone, Default)]
struct Counting {
    asked: Arc<AtomicUsize>,
    is_down: bool,
}

impl KeySource for Counting {
    async fn key(&self, id: Option<&KeyId>) -> Result<JwtKey, KeyError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.is_down {
            return Err(KeyError::unavailable("the cable is out"));
        }
        let id = id.ok_or_else(KeyError::unknown)?;
        assert!(id.as_str().len() <= KeyId::MAX_LEN);
        if id.as_str() == "a" {
            JwtKey::hs256(&[7; 64]).map_err(KeyError::unavailable)
        } else {
            Err(KeyError::unknown())
        }
    }
}

/// C4, C23: what a source says becomes the reason, and its cause is kept for logs.
#[test]
fn a_source_of_your_own_decides_which_keys_there_are() {
    use std::error::Error;

    let (authenticator, _) = with_keys(Counting::default());
    let verified = authenticator.verify_now(&signed(Algorithm::HS256, Some("a")));
    assert!(verified.is_ok());
    let verified = authenticator.verify_now(&signed(Algorithm::HS256, Some("b")));
    assert_eq!(reason(verified), Some(CredentialReason::UnknownKey));
    let down = Counting {
        is_down: true,
        ..Counting::default()
    };
    let (authenticator, _) = with_keys(down);
    let refused = authenticator
        .verify_now(&signed(Algorithm::HS256, Some("a")))
        .unwrap_err();
    assert_eq!(refused.reason(), CredentialReason::Unavailable);
    let source = refused.source().unwrap();
    assert_eq!(source.to_string(), "keys are not available");
    assert_eq!(source.source().unwrap().to_string(), "the cable is out");
}

/// C4, C5: what no key could verify makes a source fetch nothing.
#[test]
fn a_source_is_not_asked_for_what_no_key_verifies() {
    let source = Counting::default();
    let (authenticator, _) = with_keys(source.clone());
    for header in [
        json!({"alg": "none", "kid": "a"}),
        json!({"alg": "ES512", "kid": "a"}),
        json!({"alg": "HS256", "kid": "a", "crit": ["b64"]}),
        json!({"alg": "HS256", "kid": "a", "typ": "id_token"}),
        json!({"alg": "HS256", "kid": "x".repeat(65)}),
        json!({"alg": "HS256", "kid": "a\nb"}),
    ] {
        let jwt = spelled(Algorithm::HS256, &header, &claims());
        assert!(authenticator.verify_now(&jwt).is_err(), "{header}");
    }
    for jwt in ["", "a.b", "a.b.c", "a.b.c.d.e"] {
        assert!(authenticator.verify_now(jwt).is_err(), "{jwt}");
    }
    assert_eq!(source.asked.load(Ordering::Relaxed), 0);
}

fn any_json() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "keys", "kty", "use", "key_ops", "alg", "kid", "crv", "x", "y", "n", "e", "d", "k",
    ]);
    let word = prop::sample::select(vec![
        "RSA", "EC", "OKP", "oct", "sig", "enc", "verify", "RS256", "ES256", "P-256", "P-384",
        "Ed25519", "AQAB", "", "=",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "[A-Za-z0-9_-]{43}".prop_map(Value::from),
        "[A-Za-z0-9_-]{342}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 12, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone().prop_map(str::to_owned), inner, 0..10)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A good key of each kind, made once.
static KEYS: LazyLock<[Value; 4]> =
    LazyLock::new(|| [RS256, ES256, ES384, EdDSA].map(|algorithm| jwk(algorithm, "a")));

proptest! {
    /// C6: no text makes the parser panic, and what it takes can be used.
    #[test]
    fn any_text_is_a_set_or_an_error(text in ".{0,400}") {
        prop_assert!(JwkSet::parse(&text).is_err());
    }

    /// C6
    #[test]
    fn any_bytes_are_a_set_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(JwkSet::parse(&bytes).is_err());
    }

    /// C6: entries that are nearly keys.
    #[test]
    fn any_entries_are_keys_or_skipped(entries in prop::collection::vec(any_json(), 0..6)) {
        let count = entries.len();
        if let Ok(set) = JwkSet::parse(set(entries)) {
            prop_assert_eq!(set.key_count() + set.skipped().len(), count);
        }
    }

    /// C6: a key with one member changed to anything.
    #[test]
    fn any_change_to_a_key_is_survived(
        at in any::<prop::sample::Index>(),
        name in prop::sample::select(vec!["kty", "use", "key_ops", "alg", "kid", "crv", "x", "y", "n", "e"]),
        value in any_json(),
    ) {
        let key = changed(KEYS[at.index(4)].clone(), &json!({ name: value }));
        if let Ok(set) = JwkSet::parse(set([key])) {
            prop_assert_eq!((set.key_count(), set.skipped().len()), (1, 0));
        }
    }
}

/// D6: the error says where the text is wrong, and nothing that is in it: it may be another file, with
/// secrets in it.
#[test]
fn an_error_quotes_nothing_of_the_text() {
    for text in [
        r#""hunter2""#,
        r#"{"keys": "hunter2"}"#,
        r#"{"keys": {"hunter2": 1}}"#,
        r#"{"keys": [], "keys": ["hunter2"]}"#,
        r#"{"hunter2": []}"#,
        "hunter2",
    ] {
        let error = JwkSet::parse(text).unwrap_err();
        let mut printed = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            printed += &cause.to_string();
            source = cause.source();
        }
        assert!(matches!(error, JwkSetError::NotJwkSet(_)), "{text}");
        assert!(!printed.contains("hunter2"), "{printed}");
        assert!(printed.contains("line 1"), "{printed}");
    }
}
