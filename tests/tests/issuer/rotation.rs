//! Which key verifies, and how a change of keys is seen.

use std::time::Duration;

use futures_util::future::join_all;
use sse_gate::core::CredentialReason::{Algorithm, Signature, UnknownKey};

use crate::server::{Issuer, Mood};
use crate::signing::{EC, ED, RSA, encryption_key, jump};

/// C4: of several keys the one that the JWT names, by its own algorithm. A key for encryption is no
/// key for signatures.
#[tokio::test]
async fn each_key_verifies_its_own_jwts() {
    let issuer = Issuer::start(&[RSA, EC, ED]).await;
    let authenticator = issuer.authenticator();
    for key in [RSA, EC, ED] {
        let identity = authenticator
            .verify(&key.sign(&issuer.name(), "alice"))
            .await;
        assert_eq!(identity.unwrap().subject().as_str(), "alice", "{}", key.kid);
    }
    for (key, kid, reason) in [
        (RSA, EC.kid, Algorithm),
        (EC, RSA.kid, Algorithm),
        (RSA, encryption_key()["kid"].as_str().unwrap(), UnknownKey),
        (RSA, "../certs", UnknownKey),
        (RSA, "http://127.0.0.1:1/keys", UnknownKey),
    ] {
        let jwt = key.sign_as(kid, &issuer.name(), "alice");
        let refused = authenticator.verify(&jwt).await.unwrap_err();
        assert_eq!(refused.reason(), reason, "{kid}");
    }
    assert_eq!((issuer.configurations(), issuer.fetches()), (1, 1));
}

/// C4: a JWT with a new key makes one fetch, and passes by it. The old key is no good from then on, even
/// for a JWT whose signature is remembered.
#[tokio::test]
async fn a_rotation_is_picked_up_within_one_fetch() {
    let issuer = Issuer::start(&[RSA]).await;
    let authenticator = issuer.authenticator();
    let old = RSA.sign(&issuer.name(), "alice");
    for _ in 0..3 {
        assert!(authenticator.verify(&old).await.is_ok());
    }
    issuer.rotate(&[EC]);
    jump(Duration::from_secs(30)).await;
    let new = EC.sign(&issuer.name(), "alice");
    assert!(authenticator.verify(&new).await.is_ok());
    assert_eq!(issuer.fetches(), 2);
    let refused = authenticator.verify(&old).await.unwrap_err();
    assert_eq!(refused.reason(), UnknownKey);
}

/// C4: a thousand requests with ids that no key has make one fetch in 30 s, at the start and later.
#[tokio::test]
async fn a_flood_of_unknown_ids_makes_one_fetch_in_thirty_seconds() {
    let issuer = Issuer::start(&[EC]).await;
    let authenticator = issuer.authenticator();
    let name = issuer.name();
    // No key, no signature: what stands for one need not be good.
    let jwt = |at: usize| {
        let header = format!(r#"{{"alg":"ES256","kid":"flood-{at}"}}"#);
        format!("{}.AAAA", sse_gate_tests::jwt::unsigned(&header, "{}"))
    };
    let jwts: Vec<_> = (0..1000).map(jwt).collect();
    for fetches in 1..=3 {
        for _ in 0..2 {
            let verified = join_all(jwts.iter().map(|jwt| authenticator.verify(jwt))).await;
            for refused in verified {
                assert_eq!(refused.unwrap_err().reason(), UnknownKey);
            }
            assert_eq!(issuer.fetches(), fetches);
        }
        assert!(authenticator.verify(&EC.sign(&name, "alice")).await.is_ok());
        jump(Duration::from_secs(30)).await;
    }
}

/// C4, C6: while a fetch hangs, requests with a known key don't wait, and those that wait may go.
#[tokio::test]
async fn a_fetch_that_hangs_delays_only_who_needs_it() {
    let issuer = Issuer::start(&[EC]).await;
    let authenticator = issuer.authenticator();
    let good = EC.sign(&issuer.name(), "alice");
    assert!(authenticator.verify(&good).await.is_ok());
    jump(Duration::from_secs(30)).await;
    issuer.answers(Mood::Silent);
    let jwt = ED.sign(&issuer.name(), "alice");
    let waiting = tokio::spawn({
        let (authenticator, jwt) = (authenticator.clone(), jwt.clone());
        async move { authenticator.verify(&jwt).await.map(drop) }
    });
    sse_gate_tests::eventually("it is asked", async || issuer.fetches() == 2).await;
    assert!(authenticator.verify(&good).await.is_ok());
    waiting.abort();
    issuer.answers(Mood::Good);
    jump(Duration::from_secs(6)).await;
    let refused = authenticator.verify(&jwt).await.unwrap_err();
    assert_eq!(
        refused.reason(),
        sse_gate::core::CredentialReason::Unavailable
    );
    issuer.rotate(&[EC, ED]);
    jump(Duration::from_secs(31)).await;
    assert!(authenticator.verify(&jwt).await.is_ok());
    assert_eq!(issuer.fetches(), 3);
}

/// C3, C4: a key of the same kind does not stand in for another.
#[tokio::test]
async fn a_signature_by_another_key_is_refused() {
    let issuer = Issuer::start(&[EC, ED]).await;
    let authenticator = issuer.authenticator();
    let jwt = EC.sign(&issuer.name(), "alice");
    let (text, _) = jwt.rsplit_once('.').unwrap();
    let other = EC.sign(&issuer.name(), "bob");
    let (_, signature) = other.rsplit_once('.').unwrap();
    let refused = authenticator.verify(&format!("{text}.{signature}")).await;
    assert_eq!(refused.unwrap_err().reason(), Signature);
    assert!(authenticator.verify(&jwt).await.is_ok());
}
