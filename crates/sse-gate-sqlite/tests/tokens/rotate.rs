//! Rotation of keys, and keys that don't fit.

use pollster::block_on;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{Entropy, EntropyError, StoreErrorKind, TokenStore};
use sse_gate_sqlite::{DatabaseErrorKind, DatabaseOptions, SealingKeys};

use crate::parts::{Scene, TTL, insert, key, take, tokens};

fn keys(current: u8, previous: Option<u8>) -> DatabaseOptions {
    let keys = SealingKeys::new(key(current));
    DatabaseOptions::sealed(match previous {
        Some(previous) => keys.with_previous(key(previous)),
        None => keys,
    })
}

/// E15: the newest key seals, both open, and a key that was dropped opens nothing.
#[test]
fn keys_rotate() {
    let scene = Scene::new();
    let open = |current, previous| scene.open_with(keys(current, previous));
    let database = open(1, None).unwrap();
    let [first, second] = ["alice", "alice"].map(|it| insert(&tokens(&database), it));
    database.close().unwrap();

    let database = open(2, Some(1)).unwrap();
    assert!(take(&tokens(&database), first).is_some());
    let third = insert(&tokens(&database), "alice");
    database.close().unwrap();

    // The second token is still sealed with the dropped key.
    let database = open(2, None).unwrap();
    let refused = block_on(tokens(&database).take(second)).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Corrupt);
    assert!(take(&tokens(&database), third).is_some());
    assert_eq!(block_on(tokens(&database).count()).unwrap(), 0);
}

/// E15: a subject's entries are found, whichever key was the current one when they were sealed.
#[test]
fn a_withdrawal_reaches_what_the_previous_key_has_sealed() {
    let scene = Scene::new();
    let database = scene.open_with(keys(1, None)).unwrap();
    let before = insert(&tokens(&database), "alice");
    database.close().unwrap();
    let database = scene.open_with(keys(2, Some(1))).unwrap();
    let alice = "alice".parse().unwrap();
    assert_eq!(block_on(tokens(&database).withdraw(alice)).unwrap(), 1);
    assert!(take(&tokens(&database), before).is_none());
}

/// E15: wrong keys, no keys, and keys for a file that has none are errors of their own.
#[test]
fn keys_that_do_not_fit_open_nothing() {
    let sealed = Scene::new();
    sealed.open_with(keys(1, None)).unwrap().close().unwrap();
    let unsealed = Scene::new();
    let plain = DatabaseOptions::unsealed;
    unsealed.open_with(plain()).unwrap().close().unwrap();
    for (scene, options) in [
        (&sealed, keys(2, None)),
        (&sealed, keys(2, Some(3))),
        (&sealed, plain()),
        (&unsealed, keys(1, None)),
    ] {
        let shown = format!("{options:?}");
        let error = scene.open_with(options).unwrap_err();
        assert_eq!(error.kind(), DatabaseErrorKind::WrongKeys, "{shown}");
    }
    sealed.open_with(keys(1, None)).unwrap();
    unsealed.open_with(plain()).unwrap();
}

/// The randomness fails after some draws.
#[derive(Debug)]
struct Drained(std::sync::atomic::AtomicUsize);

impl Entropy for Drained {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), EntropyError> {
        use std::sync::atomic::Ordering::Relaxed;
        let left = |left: usize| left.checked_sub(1);
        self.0
            .fetch_update(Relaxed, Relaxed, left)
            .map_err(|_| EntropyError::new("drained"))?;
        sse_gate_core::SystemEntropy.fill(bytes)
    }
}

/// C19: without randomness nothing is sealed, and nothing goes in.
#[test]
fn without_randomness_nothing_is_inserted() {
    let drained = |draws: usize| keys(1, None).with_entropy(Drained(draws.into()));
    // A new file needs four draws: its name, its index key, the nonce for that, and the name of the process.
    for draws in 0..4 {
        let error = Scene::new().open_with(drained(draws)).unwrap_err();
        assert_eq!(error.kind(), DatabaseErrorKind::NoEntropy, "{draws} draws");
    }
    let scene = Scene::new();
    let database = scene.open_with(drained(4)).unwrap();
    let Sample { key, entry } = Sample::new();
    let refused = block_on(tokens(&database).insert(key, entry, TTL)).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Unavailable);
    assert!(take(&tokens(&database), key).is_none());
}
