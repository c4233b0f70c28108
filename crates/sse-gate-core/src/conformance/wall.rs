//! Laws of wall clocks that are set ahead or back. E9, I20

use std::time::Duration;

use super::operations::{insert, refuse_at, take};
use super::{Backend, Sample};
use crate::{Cap, Limits};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// An entry that was inserted while the wall clock was ahead ends after its TTL.
pub fn a_wall_clock_put_right_lengthens_no_life<B: Backend>(backend: &B) {
    backend.set_wall_ahead(HOUR);
    lengthens_no_life(backend);
}

/// An entry ends after its TTL, even if the wall clock was set back meanwhile.
pub fn a_wall_clock_set_back_lengthens_no_life<B: Backend>(backend: &B) {
    lengthens_no_life(backend);
}

/// Entries that were inserted while the wall clock was ahead count until their TTL has passed, and no
/// longer. So no subject is locked out until the wall clock shows that date again.
pub fn a_wall_clock_put_right_gives_room<B: Backend>(backend: &B) {
    let ttl = backend.precision() * 10;
    let limits = Limits::default()
        .with_tokens(4)
        .with_tokens_per_subject(2)
        .with_payload_bytes(400)
        .with_payload_bytes_per_subject(200);
    backend.block_on(async {
        let store = backend.store(limits).await;
        backend.set_wall_ahead(HOUR);
        for subject in ["alice", "alice", "bob", "bob"] {
            insert(&store, Sample::of(subject, 100), ttl).await;
        }
        backend.set_wall_back(HOUR);
        let full = refuse_at(&store, Sample::of("alice", 100), [Cap::TokensPerSubject]).await;
        let retry_after = full.retry_after();
        assert!(
            retry_after <= ttl,
            "at the cap {:?} the store says to ask again after {retry_after:?}",
            full.cap()
        );
        backend.advance(ttl).await;
        for subject in ["alice", "carol", "carol", "alice"] {
            insert(&store, Sample::of(subject, 100), ttl).await;
        }
    });
}

/// Inserts, sets the wall clock back, and lets the TTL pass.
fn lengthens_no_life<B: Backend>(backend: &B) {
    let ttl = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let early = insert(&store, Sample::new(), ttl).await;
        let late = insert(&store, Sample::new(), ttl).await;
        backend.set_wall_back(HOUR);
        assert!(
            take(&store, early).await.is_some(),
            "an entry was lost when the wall clock was set"
        );
        backend.advance(ttl + backend.precision()).await;
        assert!(
            take(&store, late).await.is_none(),
            "an entry was given after its end, as the wall clock was set"
        );
    });
}
