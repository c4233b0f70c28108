//! What a limiter does when a node dies, when its server fails, and when there are many places.

use std::error::Error;
use std::time::{Duration, Instant};

use sse_gate_core::Subject;
use sse_gate_redis::{RedisLimiter, ServerError, ServerErrorKind};
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::StreamLimits;
use sse_gate_resume::backend::{Claimed, Place, PlaceId, Renewed, StreamLimiter};

mod support;
use support::{Check, SERVER, wait_until};

/// The place of this number, for the first connection of its session.
fn place(subject: &str, number: u128) -> Place {
    Place {
        subject: Subject::new(subject).expect("a test uses short names"),
        id: PlaceId::from_bytes(number.to_be_bytes()),
        generation: 1,
    }
}

fn later(place: &Place, generation: u64) -> Place {
    Place {
        generation,
        ..place.clone()
    }
}

/// Two places in all, and of one subject.
fn two() -> StreamLimits {
    StreamLimits::default().with_max(2).with_max_per_subject(2)
}

/// Covers G8 and I19. A node dies without a word. Another node keeps its own places meanwhile.
#[test]
fn the_places_of_a_dead_node_are_free_after_their_time() {
    // Long beside the time between two renewals, also on a busy machine.
    let ttl = Duration::from_secs(3);
    let check = Check::new();
    check.block_on(async {
        let limits = two().with_ttl(ttl);
        let dies = RedisLimiter::new(&check.node().await, limits);
        let lives = RedisLimiter::new(&check.node().await, limits);
        let (of_dead, of_living) = (place("alice", 1), place("alice", 2));
        assert_eq!(
            lives.claim(of_living.clone()).await.unwrap(),
            Claimed::Granted
        );
        let begun_at = Instant::now();
        assert_eq!(dies.claim(of_dead.clone()).await.unwrap(), Claimed::Granted);
        drop(dies);
        let newcomer = place("alice", 3);
        let is_granted = || async {
            let renewed = lives.renew(vec![of_living.clone()]).await.unwrap();
            assert_eq!(renewed, [Renewed::Kept]);
            lives.claim(newcomer.clone()).await.unwrap() == Claimed::Granted
        };
        wait_until("the place of the dead node is free", is_granted).await;
        // The server counts whole milliseconds.
        assert!(begun_at.elapsed() + Duration::from_millis(1) >= ttl);
        assert_eq!(lives.renew(vec![of_dead]).await.unwrap(), [Renewed::Gone]);
        assert_eq!(
            lives.claim(place("alice", 4)).await.unwrap(),
            Claimed::FullForSubject
        );
    });
}

/// Covers I19. Whichever operation comes first finds a server without places, and works.
#[test]
fn a_server_that_has_lost_its_data_has_no_places() {
    let (check, server) = (Check::new(), RedisServer::start());
    check.block_on(async {
        let limiter = RedisLimiter::new(&check.node_at(&server.url()).await, two());
        let places = [place("alice", 1), place("alice", 2)];
        for first in 0..4 {
            for place in &places {
                assert_eq!(
                    limiter.claim(place.clone()).await.unwrap(),
                    Claimed::Granted
                );
            }
            let newcomer = place("alice", 3);
            assert_eq!(
                limiter.claim(newcomer.clone()).await.unwrap(),
                Claimed::FullForSubject
            );
            assert_eq!(server.cli(&["FLUSHALL"]), "OK");
            match first {
                0 => assert!(limiter.has_room(newcomer.id).await.unwrap()),
                1 => limiter.free(places.to_vec()).await.unwrap(),
                2 => {
                    let renewed = limiter.renew(places.to_vec()).await.unwrap();
                    assert_eq!(renewed, [Renewed::Gone; 2]);
                }
                _ => assert_eq!(
                    limiter.claim(newcomer.clone()).await.unwrap(),
                    Claimed::Granted
                ),
            }
            limiter.free(vec![newcomer]).await.unwrap();
        }
    });
}

/// Covers I19. After a loss, subjects have other tags. A node that goes on with the old ones would count apart from
/// one that has come after it.
#[test]
fn after_a_loss_of_data_all_nodes_count_together() {
    let (check, server) = (Check::new(), RedisServer::start());
    check.block_on(async {
        let before = RedisLimiter::new(&check.node_at(&server.url()).await, two());
        for round in 0..5 {
            assert_eq!(server.cli(&["FLUSHALL"]), "OK");
            let after = RedisLimiter::new(&check.node_at(&server.url()).await, two());
            for (node, number) in [&after, &before].into_iter().zip(1..) {
                let claimed = node.claim(place("alice", number)).await.unwrap();
                assert_eq!(claimed, Claimed::Granted);
            }
            for node in [&before, &after] {
                let claimed = node.claim(place("alice", 3)).await.unwrap();
                assert_eq!(claimed, Claimed::FullForSubject, "in round {round}");
            }
        }
    });
}

/// Covers I19. A server that keeps nothing on disk is restarted.
#[test]
fn places_are_claimed_again_after_a_restart_of_the_server() {
    let (check, mut server) = (Check::new(), RedisServer::start());
    check.block_on(async {
        let limiter = RedisLimiter::new(&check.node_at(&server.url()).await, two());
        let stream = place("alice", 1);
        assert_eq!(
            limiter.claim(stream.clone()).await.unwrap(),
            Claimed::Granted
        );
        server.kill();
        let error = limiter.renew(vec![stream.clone()]).await.unwrap_err();
        assert_eq!(kind(&error), Some(ServerErrorKind::Unreachable));
        server.restart();
        let answers = || async { limiter.has_room(stream.id).await.is_ok() };
        wait_until("the server answers", answers).await;
        let renewed = limiter.renew(vec![stream.clone()]).await.unwrap();
        assert_eq!(renewed, [Renewed::Gone]);
        assert_eq!(
            limiter.claim(stream.clone()).await.unwrap(),
            Claimed::Granted
        );
        assert_eq!(limiter.renew(vec![stream]).await.unwrap(), [Renewed::Kept]);
    });
}

fn kind(error: &dyn Error) -> Option<ServerErrorKind> {
    let source = error.source()?.downcast_ref::<ServerError>();
    source.map(ServerError::kind)
}

#[test]
fn a_server_whose_memory_is_full_still_renews_and_frees() {
    let (check, server) = (Check::new(), RedisServer::start());
    check.block_on(async {
        let limiter = RedisLimiter::new(&check.node_at(&server.url()).await, two());
        let (first, second) = (place("alice", 1), place("alice", 2));
        for place in [&first, &second] {
            assert_eq!(
                limiter.claim(place.clone()).await.unwrap(),
                Claimed::Granted
            );
        }
        assert_eq!(server.cli(&["CONFIG", "SET", "maxmemory", "1"]), "OK");
        let renewed = limiter
            .renew(vec![first.clone(), second.clone()])
            .await
            .unwrap();
        assert_eq!(renewed, [Renewed::Kept; 2]);
        limiter.free(vec![first.clone()]).await.unwrap();
        let error = limiter.claim(first.clone()).await.unwrap_err();
        assert_eq!(kind(&error), Some(ServerErrorKind::OutOfMemory));
        assert_eq!(server.cli(&["CONFIG", "SET", "maxmemory", "0"]), "OK");
        // The claim that failed has left nothing.
        assert_eq!(
            limiter.claim(place("alice", 3)).await.unwrap(),
            Claimed::Granted
        );
        let renewed = limiter.renew(vec![first, second]).await.unwrap();
        assert_eq!(renewed, [Renewed::Gone, Renewed::Kept]);
    });
}

/// A number of 64 bits does not fit into one of Lua's, and its bytes do not sort as text does.
#[test]
fn neighbouring_generations_are_told_apart() {
    let check = Check::new();
    check.block_on(async {
        let limiter = RedisLimiter::new(&check.node().await, StreamLimits::default());
        let near = [
            0x7F,
            0xFF,
            0xFFFF,
            u64::from(u32::MAX),
            1 << 53,
            i64::MAX as u64,
        ];
        for (number, generation) in (1..).zip(near) {
            let (earlier, next) = (
                later(&place("alice", number), generation),
                later(&place("alice", number), generation + 1),
            );
            assert_eq!(limiter.claim(next.clone()).await.unwrap(), Claimed::Granted);
            let claimed = limiter.claim(earlier.clone()).await.unwrap();
            assert_eq!(claimed, Claimed::Replaced, "before {generation} + 1");
            let renewed = limiter
                .renew(vec![earlier.clone(), next.clone()])
                .await
                .unwrap();
            assert_eq!(renewed, [Renewed::Replaced, Renewed::Kept], "{generation}");
            limiter.free(vec![earlier]).await.unwrap();
            assert_eq!(limiter.renew(vec![next]).await.unwrap(), [Renewed::Kept]);
        }
    });
}

/// A session is one subject's. A claim of its place for another one counts for the first.
#[test]
fn a_place_counts_for_the_subject_that_claimed_it_first() {
    let check = Check::new();
    check.block_on(async {
        let limits = StreamLimits::default().with_max_per_subject(1);
        let limiter = RedisLimiter::new(&check.node().await, limits);
        let first = place("alice", 1);
        let again = later(&place("bob", 1), 2);
        for place in [first, again, place("bob", 2)] {
            assert_eq!(limiter.claim(place).await.unwrap(), Claimed::Granted);
        }
        let claimed = limiter.claim(place("alice", 3)).await.unwrap();
        assert_eq!(claimed, Claimed::FullForSubject);
    });
}

/// What is on the server names no subject, and nothing stays there of a place that was freed.
#[test]
fn places_name_no_subject_and_leave_nothing() {
    let check = Check::new();
    check.block_on(async {
        let limiter = RedisLimiter::new(&check.node().await, StreamLimits::default());
        let places = [place("alice", 1), place("alice", 2), place("bob", 3)];
        let of_places = format!("{{{}}}:p:*", check.prefix());
        for place in &places {
            assert_eq!(
                limiter.claim(place.clone()).await.unwrap(),
                Claimed::Granted
            );
        }
        let keys = SERVER.cli(&["KEYS", &of_places]);
        // A tag is random bytes, which may be a line break.
        let count = "return #redis.call('KEYS', ARGV[1])";
        assert_eq!(SERVER.cli(&["EVAL", count, "0", &of_places]), "4");
        let owners = format!("{{{}}}:p:owners", check.prefix());
        let owners = SERVER.cli(&["HGETALL", &owners]);
        for name in ["alice", "bob"] {
            assert!(
                !keys.contains(name) && !owners.contains(name),
                "{keys}\n{owners}"
            );
        }
        limiter.free(places.to_vec()).await.unwrap();
        assert_eq!(SERVER.cli(&["KEYS", &of_places]), "");
    });
}
