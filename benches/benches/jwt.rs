//! What it saves to remember a verified signature, for each kind of key and two lengths of JWT.
//!
//! `cargo bench -p sse-gate-benches --bench jwt`. The authenticator verifies the same JWTs with its
//! cache and without, and JWTs in turn that the cache has no room for. Beside it stand the signature
//! alone, SHA-256 of the JWT, which is the least that a look-up takes, and `jsonwebtoken`'s `decode`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::hint::black_box;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, crypto, decode, encode,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sse_gate::{JwtAuthenticator, JwtKey, Subject};
use sse_gate_benches::{Race, Times, ready};

const SECRET: &[u8] = b"a secret for a benchmark of JWTs";

/// How many JWTs take turns where each must miss: more than the cache has room for.
const MISSES: usize = 64;

const ROUNDS: usize = 15;

struct Kind {
    algorithm: Algorithm,
    signing: EncodingKey,
    verifying: DecodingKey,
    key: JwtKey,
    /// Verifications in a round.
    times: usize,
}

fn main() {
    println!(
        "{:<8} {:>6} {:>10} {:>10} {:>15} {:>10} {:>10}",
        "", "bytes", "hit ÷ off", "miss ÷ off", "signature ÷ off", "hash ÷ off", "peer ÷ off"
    );
    for kind in kinds() {
        for roles in [0, 60] {
            let jwts: Vec<_> = (0..MISSES).map(|at| kind.sign(at, roles)).collect();
            let times = race(&kind, &jwts);
            let of = |name| times.ratio(name, "off");
            println!(
                "{:<8} {:>6} {:>10.3} {:>10.3} {:>15.3} {:>10.3} {:>10.3}",
                format!("{:?}", kind.algorithm),
                jwts[0].len(),
                of("hit"),
                of("miss"),
                of("signature"),
                of("hash"),
                of("peer"),
            );
        }
    }
}

fn race(kind: &Kind, jwts: &[String]) -> Times {
    let authenticator = JwtAuthenticator::new(kind.key.clone(), "issuer", "audience");
    let authenticator = authenticator.expect("a backend");
    let off = authenticator.clone().with_signature_cache(0);
    let small = authenticator.clone().with_signature_cache(8);
    let verify = |by: &JwtAuthenticator, jwt: &str| -> Subject {
        let identity = ready(by.verify(jwt)).expect("a good JWT");
        identity.subject().clone()
    };
    let mut validation = Validation::new(kind.algorithm);
    validation.set_audience(&["audience"]);
    validation.set_issuer(&["issuer"]);
    let (mut at_off, mut at_miss) = (0, 0);
    let mut race = Race::new();
    race.enter("off", kind.times, || {
        black_box(verify(&off, &jwts[next(&mut at_off)]));
    });
    race.enter("hit", kind.times, || {
        black_box(verify(&authenticator, &jwts[0]));
    });
    race.enter("miss", kind.times, || {
        black_box(verify(&small, &jwts[next(&mut at_miss)]));
    });
    race.enter("hash", kind.times, || {
        black_box(Sha256::digest(black_box(&jwts[0])));
    });
    let (signed, signature) = jwts[0].rsplit_once('.').expect("three parts");
    race.enter("signature", kind.times, || {
        let key = &kind.verifying;
        let is_good = crypto::verify(signature, signed.as_bytes(), key, kind.algorithm);
        black_box(is_good.expect("a good signature"));
    });
    race.enter("peer", kind.times, || {
        black_box(decode::<Value>(&jwts[0], &kind.verifying, &validation).expect("a good JWT"));
    });
    race.run(ROUNDS)
}

fn next(at: &mut usize) -> usize {
    *at = (*at + 1) % MISSES;
    *at
}

fn kinds() -> Vec<Kind> {
    macro_rules! pem {
        ($name:literal) => {
            include_bytes!(concat!("../../crates/sse-gate/tests/keys/", $name))
        };
    }
    let (rsa, ec, ed) = (
        pem!("rs256.pub.pem"),
        pem!("es256.pub.pem"),
        pem!("eddsa.pub.pem"),
    );
    vec![
        Kind {
            algorithm: Algorithm::HS256,
            signing: EncodingKey::from_secret(SECRET),
            verifying: DecodingKey::from_secret(SECRET),
            key: JwtKey::hs256(SECRET).expect("32 bytes"),
            times: 4_000,
        },
        Kind {
            algorithm: Algorithm::RS256,
            signing: EncodingKey::from_rsa_pem(pem!("rs256.pem")).expect("a key"),
            verifying: DecodingKey::from_rsa_pem(rsa).expect("a key"),
            key: JwtKey::rs256_pem(rsa).expect("a key"),
            times: 400,
        },
        Kind {
            algorithm: Algorithm::ES256,
            signing: EncodingKey::from_ec_pem(pem!("es256.pem")).expect("a key"),
            verifying: DecodingKey::from_ec_pem(ec).expect("a key"),
            key: JwtKey::es256_pem(ec).expect("a key"),
            times: 400,
        },
        Kind {
            algorithm: Algorithm::EdDSA,
            signing: EncodingKey::from_ed_pem(pem!("eddsa.pem")).expect("a key"),
            verifying: DecodingKey::from_ed_pem(ed).expect("a key"),
            key: JwtKey::eddsa_pem(ed).expect("a key"),
            times: 400,
        },
    ]
}

impl Kind {
    /// A JWT with a number of its own, and so many roles.
    fn sign(&self, number: usize, roles: usize) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.expect("it is after 1970").as_secs();
        let roles: Vec<_> = (0..roles)
            .map(|at| format!("view-department-{at}"))
            .collect();
        let claims = json!({
            "sub": "alice", "iss": "issuer", "aud": "audience", "iat": now, "exp": now + 3600,
            "jti": number.to_string(), "realm_access": { "roles": roles },
        });
        encode(&Header::new(self.algorithm), &claims, &self.signing).expect("claims are JSON")
    }
}
