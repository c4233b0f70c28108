//! What an operation of a limiter costs the server when there are many places, or when many have ended.

use std::ops::Range;
use std::time::Duration;

use sse_gate_core::Subject;
use sse_gate_redis::RedisLimiter;
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::StreamLimits;
use sse_gate_resume::backend::{Claimed, Place, PlaceId, Renewed, StreamLimiter};
use sse_gate_resume::error::LimiterError;
use tokio::task::JoinSet;

mod support;
use support::{Check, wait_until};

const MANY: u128 = 20_000;

const ASKED: &str = "the limiter can be asked";

fn is_granted(claimed: Result<Claimed, LimiterError>) {
    assert_eq!(claimed.expect(ASKED), Claimed::Granted);
}

/// A server of its own, which counts what a test does.
struct Counted {
    server: RedisServer,
    limiter: RedisLimiter,
}

impl Counted {
    async fn new(check: &Check) -> Self {
        let server = RedisServer::start();
        let redis = check.node_at(&server.url()).await;
        let limiter = RedisLimiter::new(&redis, limits());
        Self { server, limiter }
    }

    /// Claims a range of places, many at a time.
    async fn claim(&self, numbers: Range<u128>) {
        let mut claims = JoinSet::new();
        for number in numbers {
            let limiter = self.limiter.clone();
            claims.spawn(async move { limiter.claim(place(number)).await });
            if claims.len() >= 256 {
                let claimed = claims.join_next().await;
                is_granted(claimed.expect("there are some").expect("it ends"));
            }
        }
        claims.join_all().await.into_iter().for_each(is_granted);
    }

    /// Lets all places end soon, and waits until they have.
    async fn end_all(&self, check: &Check) {
        let redis = check.node_at(&self.server.url()).await;
        let short = limits().with_ttl(Duration::from_millis(500));
        let short = RedisLimiter::new(&redis, short);
        let renewed = short.renew((0..MANY).map(place).collect()).await;
        renewed.expect(ASKED);
        let last = format!("{{{}}}:p:ends", check.prefix());
        let now = "local t = redis.call('TIME') return redis.call('ZCOUNT', KEYS[1],
            t[1] * 1000 + t[2] / 1000, '+inf')";
        let have_ended = || async { self.server.cli(&["EVAL", now, "1", &last]) == "0" };
        wait_until("all places have ended", have_ended).await;
    }

    /// How many places are kept, whether they have ended or not.
    fn kept(&self, check: &Check) -> u128 {
        let ends = format!("{{{}}}:p:ends", check.prefix());
        let kept = self.server.cli(&["ZCARD", &ends]);
        kept.parse().expect("a number")
    }

    /// What the server has counted of a command: `calls`, or `usec` for the time of all calls.
    fn counted(&self, command: &str, what: &str) -> u64 {
        let stats = self.server.cli(&["INFO", "commandstats"]);
        let line = stats.lines().find_map(|line| {
            let line = line.strip_prefix("cmdstat_")?;
            line.strip_prefix(command)?.strip_prefix(':')
        });
        let mut fields = line.unwrap_or_default().trim().split(',');
        let value = fields.find_map(|field| field.strip_prefix(what)?.strip_prefix('='));
        value.map_or(0, |value| value.parse().expect("a number"))
    }

    fn count_anew(&self) {
        assert_eq!(self.server.cli(&["CONFIG", "RESETSTAT"]), "OK");
    }

    /// The time of 100 claims on the server, the least of several attempts. The places are freed again.
    async fn time_of_claims(&self) -> u64 {
        let mut least = u64::MAX;
        for _ in 0..10 {
            self.count_anew();
            for number in MANY..MANY + 100 {
                is_granted(self.limiter.claim(place(number)).await);
            }
            least = least.min(self.counted("evalsha", "usec"));
            let claimed = (MANY..MANY + 100).map(place).collect();
            self.limiter.free(claimed).await.expect(ASKED);
        }
        least
    }
}

/// Room for these places and a hundred more, in all and of one subject.
fn limits() -> StreamLimits {
    let room = MANY as usize + 100;
    StreamLimits::default()
        .with_max(room)
        .with_max_per_subject(room)
        .with_ttl(Duration::from_secs(3600))
}

/// All are places of one subject.
fn place(number: u128) -> Place {
    Place {
        subject: Subject::new("alice").expect("the name is short"),
        id: PlaceId::from_bytes(number.to_be_bytes()),
        generation: 1,
    }
}

#[test]
fn a_claim_takes_no_longer_because_many_places_are_there() {
    let check = Check::new();
    check.block_on(async {
        let counted = Counted::new(&check).await;
        let with_none = counted.time_of_claims().await;
        counted.claim(0..MANY).await;
        let with_many = counted.time_of_claims().await;
        assert!(
            with_many < 5 * with_none,
            "with {MANY} places, claims take {with_many} and not {with_none}"
        );
    });
}

/// Covers I19. The places of all nodes end at once. No step removes them all, no cap counts them, and they are gone
/// some claims later.
#[test]
fn a_step_removes_only_a_few_of_many_that_have_ended() {
    let check = Check::new();
    check.block_on(async {
        let counted = Counted::new(&check).await;
        let limiter = &counted.limiter;
        counted.claim(0..MANY).await;
        counted.end_all(&check).await;
        counted.count_anew();
        assert_eq!(
            limiter.renew(vec![place(0)]).await.unwrap(),
            [Renewed::Gone]
        );
        let of_renewal = counted.counted("zrem", "calls");
        assert_eq!(limiter.claim(place(MANY)).await.unwrap(), Claimed::Granted);
        let of_claim = counted.counted("zrem", "calls") - of_renewal;
        for removed in [of_renewal, of_claim] {
            assert!(
                (4..=100).contains(&removed),
                "a step removed {removed} times"
            );
        }
        let kept = counted.kept(&check);
        assert!(kept > MANY / 2, "{kept}, as each step removes a few");
        // Of what has ended, nothing counts.
        counted.claim(MANY + 1..2 * MANY + 100).await;
        let full = limiter.claim(place(2 * MANY + 100)).await.unwrap();
        assert_eq!(full, Claimed::FullForSubject);
        assert_eq!(
            counted.kept(&check),
            MANY + 100,
            "all that have ended are gone"
        );
    });
}

/// A script holds up all other operations, so none has the places of a whole node.
#[test]
fn many_places_are_renewed_and_freed_by_several_scripts() {
    let check = Check::new();
    check.block_on(async {
        let counted = Counted::new(&check).await;
        let many: Vec<Place> = (0..1_000).map(place).collect();
        counted.count_anew();
        counted.limiter.renew(many.clone()).await.unwrap();
        let of_renewal = counted.counted("evalsha", "calls");
        counted.limiter.free(many).await.unwrap();
        let of_both = counted.counted("evalsha", "calls");
        assert!(of_renewal >= 4 && of_both >= 8, "{of_renewal}, {of_both}");
    });
}
