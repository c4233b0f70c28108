//! D12, E8: rows and numbers that were changed in the file keep no newcomer out, and end no thread.

use std::time::Duration;

use pollster::block_on;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{Limits, StoreErrorKind, TokenStore};
use sse_gate_sqlite::{DatabaseErrorKind, SqliteTokens};

use crate::parts::{Scene, TTL, insert, take, tokens};

/// At a cap, a token whose end was put off makes room, as it can't be taken.
#[test]
fn a_lost_token_makes_room() {
    for limits in [
        Limits::default().with_tokens_per_subject(2),
        Limits::default().with_tokens(2),
    ] {
        for change in [
            "ends_at = 9223372036854775807",
            "ends_at = ends_at + 1",
            "ends_at = ends_at + 1000, key = x'00'",
            "ends_at = ends_at + 1000, value = x'00'",
        ] {
            let scene = Scene::new();
            let database = scene.open();
            let store = SqliteTokens::new(&database, limits.clone());
            let [lost, good] = [(); 2].map(|()| insert(&store, "alice"));
            let sql = format!("UPDATE tokens SET {change} WHERE key = ?1");
            let changed = scene.stranger().execute(&sql, [lost.as_bytes()]);
            assert_eq!(changed.unwrap(), 1);
            let newcomer = insert(&store, "alice");
            assert_eq!(block_on(store.count()).unwrap(), 2, "{change}");
            assert!(take(&store, good).is_some() && take(&store, newcomer).is_some());
            assert_eq!(block_on(store.count()).unwrap(), 0, "{change}");
        }
    }
}

/// A token that ends later, but is as it should be, makes no room.
#[test]
fn a_token_that_ends_later_stays() {
    let scene = Scene::new();
    let limits = Limits::default().with_tokens_per_subject(1);
    let store = SqliteTokens::new(&scene.open(), limits);
    let Sample { key, entry } = Sample::of("alice", 0);
    block_on(store.insert(key, entry, TTL * 2)).unwrap();
    let other = Sample::of("alice", 0);
    let refused = block_on(store.insert(other.key, other.entry, TTL)).unwrap_err();
    assert!(
        matches!(refused.kind(), StoreErrorKind::Full(_)),
        "{refused}"
    );
    assert!(take(&store, key).is_some());
}

/// Lengths whose sum is no number any more.
#[test]
fn lengths_that_were_changed_end_no_thread() {
    for len in [i64::MAX, i64::MIN] {
        let scene = Scene::new();
        let store = tokens(&scene.open());
        for name in ["alice", "alice", "alice", "bob", "bob", "bob"] {
            insert(&store, name);
        }
        let sql = "UPDATE tokens SET payload_len = ?1";
        assert_eq!(scene.stranger().execute(sql, [len]).unwrap(), 6);
        let Sample { key, entry } = Sample::of("alice", 0);
        match block_on(store.insert(key, entry, TTL)) {
            Ok(()) => assert!(take(&store, key).is_some()),
            Err(refused) => assert!(matches!(refused.kind(), StoreErrorKind::Full(_))),
        }
        assert_eq!(
            block_on(store.withdraw("alice".parse().unwrap())).unwrap(),
            3
        );
        // Those of bob end by themselves.
        scene.clock.advance(TTL);
        for _ in 0..3 {
            let key = insert(&store, "carol");
            assert!(take(&store, key).is_some());
        }
        assert_eq!(block_on(store.count()).unwrap(), 0);
    }
}

/// What is counted is counted anew at each start.
#[test]
fn counts_are_right_after_a_restart() {
    for number in [
        "0",
        "-5",
        "1000000000000",
        "9223372036854775807",
        "'x'",
        "x'00'",
    ] {
        let scene = Scene::new();
        let database = scene.open();
        let key = insert(&tokens(&database), "alice");
        database.close().unwrap();
        let sql = format!(
            "UPDATE state SET value = {number} WHERE name = 'tokens';
             INSERT OR REPLACE INTO state VALUES ('token_payload', {number});"
        );
        scene.stranger().execute_batch(&sql).unwrap();
        let store = tokens(&scene.open());
        assert_eq!(block_on(store.count()).unwrap(), 1, "{number}");
        let Sample { key: other, entry } = Sample::of("bob", 10);
        block_on(store.insert(other, entry, TTL)).unwrap();
        assert!(take(&store, key).is_some() && take(&store, other).is_some());
        assert_eq!(block_on(store.count()).unwrap(), 0, "{number}");
    }
}

/// Numbers that can't be counted anew are noticed at the start.
#[test]
fn numbers_that_make_no_sense_are_noticed() {
    for name in [
        "epoch",
        "epoch_floor",
        "session_epoch",
        "session_epoch_floor",
        "sessions_opened",
        "sessions_closed",
        "mark_time",
        "mark_wall",
        "is_open",
        "is_flushed",
    ] {
        for number in ["-1", "9223372036854775807", "'x'", "1.5"] {
            let scene = Scene::new();
            scene.open().close().unwrap();
            let sql = format!("INSERT OR REPLACE INTO state VALUES ('{name}', {number})");
            scene.stranger().execute(&sql, []).unwrap();
            let error = scene.open_with(scene.sealed()).unwrap_err();
            assert_eq!(
                error.kind(),
                DatabaseErrorKind::Corrupt,
                "{name} = {number}"
            );
        }
    }
}

/// A count that was changed while the file is open is never negative, and never too large.
#[test]
fn a_count_stays_a_count() {
    let scene = Scene::new();
    let store = tokens(&scene.open());
    let keys = [(); 3].map(|()| insert(&store, "alice"));
    for number in ["0", "-9223372036854775807"] {
        let sql = format!("UPDATE state SET value = {number} WHERE name = 'tokens'");
        scene.stranger().execute(&sql, []).unwrap();
        let key = insert(&store, "bob");
        assert!(take(&store, key).is_some());
    }
    assert!(keys.iter().all(|key| take(&store, *key).is_some()));
    assert_eq!(block_on(store.count()).unwrap(), 0);
    scene.clock.advance(Duration::from_secs(1));
}
