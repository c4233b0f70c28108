//! What people use in its place, each as its documentation shows it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use sse_gate_benches::ready;
use sse_gate_core::{Entropy, SystemEntropy};
use time::OffsetDateTime;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_memory_store::MemoryStore as SessionMemory;
use uuid::Uuid;

use crate::contestant::Tickets;

const TTL: Duration = Duration::from_secs(15 * 60);
const RESOURCE: &str = "generation/0123456789abc";

/// The ticket that most services write themselves: a UUID in a map behind a mutex.
#[derive(Default)]
pub(crate) struct HandRolled(Mutex<HashMap<String, Ticket>>);

struct Ticket {
    user: String,
    resource: String,
    expires_at: Instant,
}

impl Tickets for HandRolled {
    type Ticket = String;

    fn mint(&self, n: usize) -> String {
        let id = Uuid::new_v4().to_string();
        let ticket = Ticket {
            user: format!("subject-{n:08}"),
            resource: RESOURCE.to_owned(),
            expires_at: Instant::now() + TTL,
        };
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.insert(id.clone(), ticket);
        id
    }

    fn redeem(&self, id: String) {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ticket = tickets.remove(&id).expect("it is there");
        let is_good = ticket.expires_at > Instant::now() && ticket.resource == RESOURCE;
        assert!(is_good && !ticket.user.is_empty());
    }
}

/// A session that holds the ticket's data, loaded and deleted: not atomic.
#[derive(Default)]
pub(crate) struct Sessions(SessionMemory);

impl Tickets for Sessions {
    type Ticket = Id;

    fn mint(&self, n: usize) -> Id {
        let user = format!("subject-{n:08}");
        let data = [("user", user), ("resource", RESOURCE.to_owned())];
        let mut record = Record {
            id: Id::default(),
            data: data
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
            expiry_date: OffsetDateTime::now_utc() + TTL,
        };
        ready(self.0.create(&mut record)).expect("a map takes all");
        record.id
    }

    fn redeem(&self, id: Id) {
        let record = ready(self.0.load(&id)).expect("a map can be asked");
        let record = record.expect("it is there");
        ready(self.0.delete(&id)).expect("a map can be asked");
        assert!(record.data["resource"] == RESOURCE && record.data.contains_key("user"));
    }
}

/// What a bearer of a JWT in the URL costs to check, with nothing issued and nothing kept: one
/// HS256 verification, by jsonwebtoken's `rust_crypto` backend.
pub(crate) struct Hs256 {
    key: DecodingKey,
    validation: Validation,
    jwt: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    iss: String,
    aud: String,
    exp: u64,
}

impl Hs256 {
    pub(crate) fn new() -> Self {
        let mut secret = [0; 32];
        SystemEntropy
            .fill(&mut secret)
            .expect("there is randomness");
        let claims = Claims {
            sub: "subject-00000000".to_owned(),
            iss: "sse-gate".to_owned(),
            aud: "sse-gate".to_owned(),
            exp: 4_000_000_000,
        };
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&["sse-gate"]);
        validation.set_audience(&["sse-gate"]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let key = EncodingKey::from_secret(&secret);
        Self {
            key: DecodingKey::from_secret(&secret),
            validation,
            jwt: encode(&Header::new(Algorithm::HS256), &claims, &key).expect("it can sign"),
        }
    }

    pub(crate) fn verify(&self) {
        let verified = decode::<Claims>(&self.jwt, &self.key, &self.validation);
        let claims = verified.expect("it is good").claims;
        assert!(!claims.sub.is_empty() && claims.iss == claims.aud && claims.exp > 0);
    }
}
