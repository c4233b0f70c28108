//! Laws of places that are freed.

use super::operations::{free, get_new, is_refused, place};
use super::{LONG, LimiterBackend};
use crate::StreamLimits;
use crate::store::Claimed;

fn limits() -> StreamLimits {
    StreamLimits::default()
        .with_max(5)
        .with_max_per_subject(2)
        .with_ttl(LONG)
}

/// A place that is freed is free: for its subject, and for all. No other place is.
///
/// One call may free places of several subjects.
pub fn a_place_that_is_freed_is_free<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let limiter = backend.limiter(limits()).await;
        for subject in ["alice", "bob"] {
            get_new(&limiter, subject).await;
        }
        for _ in 0..10 {
            let (one, two) = (
                get_new(&limiter, "alice").await,
                get_new(&limiter, "bob").await,
            );
            let three = get_new(&limiter, "carol").await;
            for subject in ["alice", "bob"] {
                is_refused(&limiter, subject, Claimed::FullForSubject).await;
            }
            is_refused(&limiter, "carol", Claimed::Full).await;
            free(&limiter, &[&one, &three]).await;
            is_refused(&limiter, "bob", Claimed::FullForSubject).await;
            let again = get_new(&limiter, "alice").await;
            free(&limiter, &[&two, &again]).await;
        }
    });
}

/// Freeing a place twice, or one that was never there, frees no other place.
///
/// A node may free a place that has ended meanwhile. A limiter that only counts down lets too many in then.
pub fn freeing_what_is_gone_is_ignored<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let limiter = backend.limiter(limits()).await;
        get_new(&limiter, "alice").await;
        let gone = get_new(&limiter, "alice").await;
        for _ in 0..3 {
            free(&limiter, &[&gone, &gone, &place("alice"), &place("bob")]).await;
        }
        free(&limiter, &[]).await;
        get_new(&limiter, "alice").await;
        is_refused(&limiter, "alice", Claimed::FullForSubject).await;
        for subject in ["bob", "bob", "carol"] {
            get_new(&limiter, subject).await;
        }
        free(&limiter, &[&gone]).await;
        is_refused(&limiter, "alice", Claimed::FullForSubject).await;
        is_refused(&limiter, "carol", Claimed::Full).await;
    });
}
