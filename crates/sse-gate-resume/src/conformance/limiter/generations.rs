//! Laws of places that go from one connection of a session to the next.

use super::operations::{claim, free, get, get_new, is_refused, later, renew};
use super::{LONG, LimiterBackend};
use crate::StreamLimits;
use crate::conformance::check::race;
use crate::store::{Claimed, Place, Renewed};

/// Room for one place.
fn limits() -> StreamLimits {
    StreamLimits::default()
        .with_max(1)
        .with_max_per_subject(1)
        .with_ttl(LONG)
}

/// A later connection takes the place of its session over at every cap. What the one before does then
/// changes nothing, and it learns that it was replaced.
///
/// The node of the old connection may notice late that its client is gone. By then the place is the new
/// connection's, on another node.
pub fn a_later_connection_takes_the_place_over<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let one = backend.limiter(limits()).await;
        let two = backend.other_node(&one).await;
        let first = get_new(&one, "alice").await;
        // A generation may be left out: its connection claimed no place.
        for generation in [2, 3, 7] {
            let (before, next) = (later(&first, generation - 1), later(&first, generation));
            get(&two, &next).await;
            for earlier in [&first, &before] {
                assert_eq!(
                    renew(&one, &[earlier]).await,
                    [Renewed::Replaced],
                    "a connection that was replaced has renewed a place"
                );
                free(&one, &[earlier]).await;
            }
            is_refused(&one, "alice", Claimed::FullForSubject).await;
            assert_eq!(
                renew(&two, &[&next]).await,
                [Renewed::Kept],
                "the connection before has freed the place of a later one"
            );
        }
        free(&two, &[&later(&first, 7)]).await;
        get_new(&one, "alice").await;
    });
}

/// A claim of an earlier connection, which was on its way for long, does not take the place back.
///
/// Two nodes may claim in another order than that in which their connections were admitted.
pub fn an_earlier_connection_changes_nothing<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let limiter = backend.limiter(limits()).await;
        let first = get_new(&limiter, "alice").await;
        let third = later(&first, 3);
        get(&limiter, &third).await;
        for generation in [1, 2] {
            let claimed = claim(&limiter, &later(&first, generation)).await;
            assert_eq!(
                claimed,
                Claimed::Replaced,
                "a claim of an earlier connection got another answer"
            );
            free(&limiter, &[&later(&first, generation)]).await;
        }
        assert_eq!(
            renew(&limiter, &[&third]).await,
            [Renewed::Kept],
            "an earlier connection has taken the place of a later one"
        );
        is_refused(&limiter, "alice", Claimed::FullForSubject).await;
    });
}

/// If the connections of a session claim its place at once, the last one has it.
pub fn the_last_of_racing_connections_has_the_place<B: LimiterBackend>(backend: &B) {
    const ROUNDS: usize = 20;
    const CONNECTIONS: u64 = 8;
    let limiter = backend.block_on(backend.limiter(limits()));
    for _ in 0..ROUNDS {
        let first = backend.block_on(get_new(&limiter, "alice"));
        let all: Vec<Place> = (1..=CONNECTIONS).map(|it| later(&first, it)).collect();
        let claimed = race(all.len(), |number| {
            backend.block_on(claim(&limiter, &all[number]))
        });
        let (last, earlier) = all.split_last().expect("there are some");
        assert_eq!(
            claimed.last(),
            Some(&Claimed::Granted),
            "the last connection has got no place"
        );
        let earlier: Vec<&Place> = earlier.iter().collect();
        backend.block_on(async {
            free(&limiter, &earlier).await;
            assert_eq!(
                renew(&limiter, &[last]).await,
                [Renewed::Kept],
                "an earlier connection has the place of the last one"
            );
            free(&limiter, &[last]).await;
        });
    }
}
