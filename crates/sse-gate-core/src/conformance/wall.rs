//! Laws of wall clocks that are set. E9, I20

use std::time::Duration;

use super::take::take;
use super::{Backend, Sample};
use crate::{Cap, Limits, StoreErrorKind, TokenStore};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// An entry that came in while the wall clock was ahead is gone after its TTL all the same.
pub fn a_wall_clock_put_right_lengthens_no_life<B: Backend>(backend: &B) {
    backend.set_wall_ahead(HOUR);
    lengthens_no_life(backend);
}

/// An entry is gone after its TTL although the wall clock was set back meanwhile.
pub fn a_wall_clock_set_back_lengthens_no_life<B: Backend>(backend: &B) {
    lengthens_no_life(backend);
}

/// Entries that came in while the wall clock was ahead count until their TTL has passed, and no
/// longer: no subject is locked out until the wall is there again.
pub fn a_wall_clock_put_right_gives_room<B: Backend>(backend: &B) {
    let ttl = backend.precision() * 10;
    let limits = Limits::default()
        .with_tokens(4)
        .with_tokens_per_subject(2)
        .with_payload_bytes(400)
        .with_payload_bytes_per_subject(200);
    backend.block_on(async {
        let store = backend.store(limits).await;
        let insert = async |subject: &str| {
            let Sample { key, entry } = Sample::of(subject, 100);
            let inserted = store.insert(key, entry, ttl).await;
            inserted.map_err(|error| error.kind())
        };
        backend.set_wall_ahead(HOUR);
        for subject in ["alice", "alice", "bob", "bob"] {
            insert(subject).await.expect("there is room");
        }
        backend.set_wall_back(HOUR);
        match insert("alice").await.expect_err("a cap was passed") {
            StoreErrorKind::Full(full) => {
                assert_eq!(full.cap(), Cap::TokensPerSubject);
                let retry_after = full.retry_after();
                assert!(
                    retry_after <= ttl,
                    "a subject is put off for {retry_after:?}"
                );
            }
            other => panic!("a full store said {other:?}"),
        }
        backend.advance(ttl).await;
        for subject in ["alice", "carol", "carol", "alice"] {
            let inserted = insert(subject).await;
            assert_eq!(inserted, Ok(()), "{subject} is locked out");
        }
    });
}

/// Inserts, sets the wall clock back, and lets the TTL pass.
fn lengthens_no_life<B: Backend>(backend: &B) {
    let ttl = backend.precision() * 10;
    backend.block_on(async {
        let store = backend.store(Limits::default()).await;
        let samples = [Sample::new(), Sample::new()];
        for Sample { key, entry } in samples.clone() {
            store.insert(key, entry, ttl).await.expect("there is room");
        }
        backend.set_wall_back(HOUR);
        let [early, late] = samples;
        assert!(
            take(&store, early.key).await.is_some(),
            "an entry was lost when the wall clock was set"
        );
        backend.advance(ttl + backend.precision()).await;
        assert!(
            take(&store, late.key).await.is_none(),
            "an entry was given after its end, as the wall clock was set"
        );
    });
}
