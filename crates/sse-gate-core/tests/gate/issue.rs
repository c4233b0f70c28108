//! How long tokens and streams last, and when no token is issued.

use std::error::Error;
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{
    Clock, Entropy, EntropyError, GrantRequest, InvalidTtl, IssueErrorKind, Limits, ManualClock,
    MemoryStore, Signal, TokenGate,
};

use super::parts::{Scene, grant};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What is left of the token's life, and of the stream's, right after issuing.
fn lives(scene: &Scene, wish: GrantRequest) -> (Duration, Duration) {
    let now = scene.clock.now();
    let issued = block_on(scene.gate.issue(wish)).unwrap();
    assert_eq!(issued.expires_at().saturating_since(now), issued.ttl());
    let grant = scene.redeem(issued.token().expose()).unwrap();
    assert_eq!(grant.expires_at(), issued.expires_at());
    let deadline = grant.deadline();
    (issued.ttl(), deadline.saturating_since(now))
}

/// C11: a token ends with the credential that asked for it, and so does its stream.
#[test]
fn token_and_stream_end_with_the_credential() {
    let scene = Scene::new();
    let in_secs = |secs| scene.clock.now().saturating_add(Duration::from_secs(secs));
    let wish = |secs| grant("alice").with_credential_expiry(in_secs(secs));
    let secs = Duration::from_secs;
    assert_eq!(lives(&scene, grant("alice")), (MINUTE, HOUR));
    assert_eq!(lives(&scene, wish(5)), (secs(5), secs(5)));
    assert_eq!(lives(&scene, wish(600)), (MINUTE, secs(600)));
    assert_eq!(lives(&scene, wish(86_400)), (MINUTE, HOUR));
}

/// C11: a deadline of its own takes the place of the credential's end, and never passes the most
/// that a stream may last.
#[test]
fn a_stream_may_outlast_its_credential_but_not_the_gate() {
    let scene = Scene::new();
    let in_secs = |secs| scene.clock.now().saturating_add(Duration::from_secs(secs));
    let wish = |secs| {
        grant("alice")
            .with_credential_expiry(in_secs(5))
            .with_deadline(in_secs(secs))
    };
    let secs = Duration::from_secs;
    assert_eq!(lives(&scene, wish(1_000)), (secs(5), secs(1_000)));
    assert_eq!(lives(&scene, wish(86_400)), (secs(5), HOUR));
}

/// C13: a request for a longer life gets that of the gate. A shorter life is granted.
#[test]
fn a_lifetime_is_only_ever_shortened() {
    let scene = Scene::new();
    let secs = Duration::from_secs;
    for (asked, given) in [
        (secs(1), secs(1)),
        (MINUTE, MINUTE),
        (secs(61), MINUTE),
        (Duration::MAX, MINUTE),
    ] {
        let (ttl, _) = lives(&scene, grant("alice").with_ttl(asked));
        assert_eq!(ttl, given, "for {asked:?}");
    }
}

/// C11: what has expired asks for nothing.
#[test]
fn an_expired_credential_gets_no_token() {
    let scene = Scene::new();
    let now = scene.clock.now();
    for wish in [
        grant("alice").with_credential_expiry(now),
        grant("alice").with_ttl(Duration::ZERO),
        grant("alice").with_ttl(Duration::from_micros(999)),
    ] {
        let error = block_on(scene.gate.issue(wish)).unwrap_err();
        assert_eq!(error.kind(), IssueErrorKind::CredentialExpired);
        assert_eq!(error.retry_after(), None);
    }
    let refused = Signal::IssueRefused(IssueErrorKind::CredentialExpired);
    assert_eq!(scene.seen.take(), [refused; 3]);
}

/// A gate's own TTL has bounds, and is kept.
#[test]
fn a_gate_issues_for_between_a_millisecond_and_a_quarter_of_an_hour() {
    let builder = || TokenGate::builder(MemoryStore::default());
    for good in [Duration::from_millis(1), Duration::from_secs(15 * 60)] {
        let gate = builder().with_ttl(good).unwrap().build();
        assert_eq!(block_on(gate.issue(grant("alice"))).unwrap().ttl(), good);
    }
    for bad in [
        Duration::ZERO,
        Duration::from_micros(999),
        Duration::from_millis(900_001),
    ] {
        assert_eq!(builder().with_ttl(bad).unwrap_err(), InvalidTtl);
    }
}

/// A source of randomness that fails after it wrote half of the bytes.
#[derive(Debug)]
struct Failing;

impl Entropy for Failing {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
        bytes[..16].fill(7);
        Err(EntropyError::new("the pool is dry"))
    }
}

/// C19: without randomness no token is issued, and the store keeps no entry.
#[test]
fn without_randomness_there_is_no_token() {
    let clock = ManualClock::default();
    // Room for one: an entry that was left behind would be met.
    let store = MemoryStore::with_clock(Limits::default().with_tokens(1), clock.clone());
    let gate = TokenGate::builder(store)
        .with_clock(clock)
        .with_entropy(Failing)
        .build();
    for _ in 0..3 {
        let error = block_on(gate.issue(grant("alice"))).unwrap_err();
        assert_eq!(error.kind(), IssueErrorKind::NoEntropy);
        assert_eq!(
            error.to_string(),
            "the system's random number generator failed"
        );
        let cause = error.source().and_then(Error::source);
        assert_eq!(cause.unwrap().to_string(), "the pool is dry");
    }
}
