//! Laws of places that are not renewed.

use super::operations::{get, get_new, has_room, is_refused, place};
use super::{LimiterBackend, ttl};
use crate::StreamLimits;
use crate::store::Claimed;

/// Room for two places, both of one subject.
fn limits<B: LimiterBackend>(backend: &B) -> StreamLimits {
    StreamLimits::default()
        .with_max(2)
        .with_max_per_subject(2)
        .with_ttl(ttl(backend))
}

/// A place that is not renewed is free again after its time: for its subject, and for all.
///
/// So the places of a node that dies are not lost.
pub fn a_place_that_is_not_renewed_ends<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let limiter = backend.limiter(limits(backend)).await;
        for round in 0..3 {
            // For the same subject, and for another one.
            for subject in ["alice", "bob"] {
                get_new(&limiter, subject).await;
                get_new(&limiter, subject).await;
                is_refused(&limiter, subject, Claimed::FullForSubject).await;
                backend.advance(ttl(backend)).await;
                let newcomer = place(subject);
                assert!(
                    has_room(&limiter, &newcomer).await,
                    "in round {round}, places that have ended are still there"
                );
            }
        }
    });
}

/// Until its time is up, a place is there, also if others end.
///
/// Each place has an end of its own: a limiter that ends all places of a subject together is found here.
pub fn a_place_lasts_for_its_time<B: LimiterBackend>(backend: &B) {
    let (third, unit) = (ttl(backend) / 3, ttl(backend) / 12);
    backend.block_on(async {
        let limiter = backend.limiter(limits(backend)).await;
        get_new(&limiter, "alice").await;
        backend.advance(third * 2).await;
        get_new(&limiter, "alice").await;
        backend.advance(unit * 3).await;
        is_refused(&limiter, "alice", Claimed::FullForSubject).await;
        backend.advance(unit).await;
        get_new(&limiter, "alice").await;
        is_refused(&limiter, "alice", Claimed::FullForSubject).await;
        backend.advance(third).await;
        is_refused(&limiter, "alice", Claimed::FullForSubject).await;
        backend.advance(third).await;
        get_new(&limiter, "alice").await;
    });
}

/// The claim of a place that is there lets it last for its time from then on.
///
/// Else a client that comes back would have a place that ends before its node renews it.
pub fn a_claim_that_is_repeated_renews<B: LimiterBackend>(backend: &B) {
    let third = ttl(backend) / 3;
    backend.block_on(async {
        let limiter = backend.limiter(limits(backend)).await;
        let (first, second) = (place("alice"), place("alice"));
        for _ in 0..6 {
            get(&limiter, &first).await;
            get(&limiter, &second).await;
            is_refused(&limiter, "alice", Claimed::FullForSubject).await;
            backend.advance(third * 2).await;
            is_refused(&limiter, "alice", Claimed::FullForSubject).await;
        }
    });
}
