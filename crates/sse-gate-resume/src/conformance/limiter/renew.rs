//! Laws of renewals.

use super::operations::{claim, free, get_new, is_refused, later, place, renew};
use super::{LONG, LimiterBackend, ttl};
use crate::StreamLimits;
use crate::store::{Claimed, Place, Renewed};

fn limits<B: LimiterBackend>(backend: &B) -> StreamLimits {
    StreamLimits::default()
        .with_max_per_subject(2)
        .with_ttl(ttl(backend))
}

/// A place that is renewed lasts for its time from then on, and no longer. Others end.
///
/// A renewal sets the end anew. It does not add to the time that is left.
pub fn a_place_that_is_renewed_lasts<B: LimiterBackend>(backend: &B) {
    let third = ttl(backend) / 3;
    backend.block_on(async {
        let limiter = backend.limiter(limits(backend)).await;
        let stays = get_new(&limiter, "alice").await;
        get_new(&limiter, "alice").await;
        for _ in 0..6 {
            backend.advance(third * 2).await;
            assert_eq!(
                renew(&limiter, &[&stays]).await,
                [Renewed::Kept],
                "a place has ended that was renewed"
            );
        }
        get_new(&limiter, "alice").await;
        is_refused(&limiter, "alice", Claimed::FullForSubject).await;
        backend.advance(ttl(backend)).await;
        get_new(&limiter, "alice").await;
        get_new(&limiter, "alice").await;
    });
}

/// A renewal tells of each place what became of it, in the order in which they were named.
///
/// A node claims those again that are gone. If it takes one for another, a stream has no place for long.
pub fn renewing_tells_what_became_of_each<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let limits = StreamLimits::default().with_ttl(LONG);
        let limiter = backend.limiter(limits).await;
        let kept = [
            get_new(&limiter, "alice").await,
            get_new(&limiter, "bob").await,
        ];
        let freed = get_new(&limiter, "alice").await;
        free(&limiter, &[&freed]).await;
        let (unknown, stranger) = (place("alice"), place("carol"));
        let [one, two] = &kept;
        let renewed = renew(&limiter, &[&unknown, one, &freed, two, &stranger]).await;
        let expected = [
            Renewed::Gone,
            Renewed::Kept,
            Renewed::Gone,
            Renewed::Kept,
            Renewed::Gone,
        ];
        assert_eq!(renewed, expected, "a renewal told something else");
        assert_eq!(renew(&limiter, &[]).await, []);
        // This connection has not claimed the place yet.
        let renewed = renew(&limiter, &[&later(one, 2), one]).await;
        assert_eq!(renewed, [Renewed::Gone, Renewed::Kept]);
    });
}

/// A renewal of a place that is gone does not bring it back.
///
/// Others may have the room by now. Only a claim looks at the caps.
pub fn renewing_brings_nothing_back<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let limiter = backend.limiter(limits(backend)).await;
        let gone = [
            get_new(&limiter, "alice").await,
            get_new(&limiter, "alice").await,
        ];
        backend.advance(ttl(backend)).await;
        for _ in 0..2 {
            let renewed = renew(&limiter, &[&gone[0], &gone[1]]).await;
            assert_eq!(
                renewed,
                [Renewed::Gone; 2],
                "places were renewed after their time"
            );
        }
        get_new(&limiter, "alice").await;
        get_new(&limiter, "alice").await;
        assert_eq!(
            claim(&limiter, &gone[0]).await,
            Claimed::FullForSubject,
            "a place that is gone was there"
        );
    });
}

/// One call renews the places of a whole node.
///
/// Nodes name 1,000 places at once, and so does this check.
pub fn many_places_are_renewed_at_once<B: LimiterBackend>(backend: &B) {
    const MANY: usize = 1_000;
    backend.block_on(async {
        let limits = StreamLimits::default().with_ttl(LONG);
        let limiter = backend.limiter(limits).await;
        let mut places = Vec::new();
        for number in 0..MANY {
            places.push(get_new(&limiter, &format!("subject {:02}", number / 10)).await);
        }
        let all: Vec<&Place> = places.iter().collect();
        let renewed = renew(&limiter, &all).await;
        let kept = renewed.iter().filter(|it| **it == Renewed::Kept).count();
        assert_eq!(
            (renewed.len(), kept),
            (MANY, MANY),
            "of {MANY} places, another number was renewed"
        );
        free(&limiter, &all).await;
        let renewed = renew(&limiter, &all).await;
        assert_eq!(renewed, [Renewed::Gone; MANY], "not all were freed");
    });
}
