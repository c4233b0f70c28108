//! Each subject's tokens count for that subject alone, however many subjects there are.

use std::time::Duration;

use pollster::block_on;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{
    Cap, Ledger, Limits, ManualClock, MemoryStore, StoreErrorKind, TokenKey, TokenStore,
};

const TTL: Duration = Duration::from_secs(60);

/// A store on a clock that stands still.
fn store(limits: Limits) -> MemoryStore {
    MemoryStore::with_clock(limits, ManualClock::default())
}

fn insert(store: &MemoryStore, Sample { key, entry }: Sample) -> Result<(), Cap> {
    match block_on(store.insert(key, entry, TTL)) {
        Ok(()) => Ok(()),
        Err(error) => match error.kind() {
            StoreErrorKind::Full(full) => Err(full.cap()),
            other => panic!("{other:?}"),
        },
    }
}

/// C15: the accounts are found again when there are so many that their table has grown.
#[test]
fn a_subject_at_its_cap_stays_there_while_others_come() {
    let store = store(Limits::default().with_tokens_per_subject(2));
    for _ in 0..2 {
        insert(&store, Sample::of("alice", 0)).unwrap();
    }
    for n in 0..5_000 {
        insert(&store, Sample::of(&format!("subject {n}"), 0)).unwrap();
    }
    let refused = insert(&store, Sample::of("alice", 0));
    assert_eq!(refused, Err(Cap::TokensPerSubject));
}

/// C15: no subject is taken for another, even if their hashes are partly equal.
#[test]
fn each_of_many_subjects_has_its_own_place() {
    let store = store(Limits::default().with_tokens_per_subject(1));
    for n in 0..10_000 {
        let inserted = insert(&store, Sample::of(&format!("subject {n}"), 0));
        assert_eq!(inserted, Ok(()), "subject {n}");
    }
}

/// C14, C15: a cap that refuses the first of a subject's tokens does so.
#[test]
fn a_cap_holds_for_the_first_token_too() {
    let none = store(Limits::default().with_tokens_per_subject(0));
    let refused = insert(&none, Sample::of("alice", 0));
    assert_eq!(refused, Err(Cap::TokensPerSubject));

    let small = store(Limits::default().with_payload_bytes_per_subject(10));
    let refused = insert(&small, Sample::of("alice", 11));
    assert_eq!(refused, Err(Cap::PayloadPerSubject));
    assert_eq!(insert(&small, Sample::of("alice", 10)), Ok(()));

    let tiny = store(Limits::default().with_payload(10));
    let refused = insert(&tiny, Sample::of("alice", 11));
    assert_eq!(refused, Err(Cap::PayloadPerToken));
    assert_eq!(insert(&tiny, Sample::of("alice", 10)), Ok(()));
    assert!(small.len() == 1 && tiny.len() == 1 && none.is_empty());
}

/// A key in a part of the store that holds all of this test's keys, with this number in it.
fn neighbour(number: u32) -> TokenKey {
    let mut bytes = [0; 32];
    bytes[4..8].copy_from_slice(&number.to_be_bytes());
    TokenKey::from_bytes(bytes)
}

/// C16: expired entries make room, even if one shard has as many as one operation removes.
#[test]
fn a_full_part_of_dead_entries_makes_room() {
    for expired in [1, 63, 64, 65, 127, 128, 129, 1_000] {
        let clock = ManualClock::default();
        let limits = Limits::default().with_tokens(expired);
        let store = MemoryStore::with_clock(limits, clock.clone());
        for n in 0..expired {
            let key = neighbour(u32::try_from(n).unwrap());
            insert(&store, Sample::with_key(key, &format!("subject {n}"), 0)).unwrap();
        }
        clock.advance(TTL);
        // It is in another shard, so that only the search for room finds the expired entries.
        let newcomer = Sample::with_key(TokenKey::from_bytes([0xFF; 32]), "newcomer", 0);
        assert_eq!(insert(&store, newcomer), Ok(()), "with {expired} expired");
    }
}

/// C16: what was taken leaves its end behind. However many of those come first, the expired entry
/// behind them makes room.
#[test]
fn a_dead_entry_makes_room_behind_many_that_were_taken() {
    let clock = ManualClock::default();
    let store = MemoryStore::with_clock(Limits::default().with_tokens(64), clock.clone());
    let subject = |n: u32| format!("subject {n}");
    for n in 0..64 {
        insert(&store, Sample::with_key(neighbour(n), &subject(n), 0)).unwrap();
    }
    clock.advance(Duration::from_millis(1));
    for n in 0..64 {
        assert!(block_on(store.take(neighbour(n))).unwrap().is_some());
    }
    // These end a moment after the others.
    for n in 64..128 {
        insert(&store, Sample::with_key(neighbour(n), &subject(n), 0)).unwrap();
    }
    clock.advance(TTL);
    let newcomer = Sample::with_key(TokenKey::from_bytes([0xFF; 32]), "newcomer", 0);
    assert_eq!(insert(&store, newcomer), Ok(()));
}

/// A ledger and a store tell what they were made with and what they hold.
#[test]
fn a_ledger_tells_its_limits_and_whether_it_is_empty() {
    let ledger: Ledger<u64> = Ledger::new(Limits::default().with_tokens(7));
    assert_eq!(ledger.limits().max_tokens(), 7);
    assert!(ledger.is_empty());
    let store = store(Limits::default());
    assert!(store.is_empty());
    insert(&store, Sample::new()).unwrap();
    assert!(!store.is_empty());
}
