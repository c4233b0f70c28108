//! What a restart keeps, and what it forgets on purpose.

use std::fs;
use std::time::Duration;

use pollster::block_on;
use rusqlite::Connection;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{Epoch, StoreErrorKind, Subject, TokenKey, TokenStore};
use sse_gate_sqlite::{Database, Durability, SqliteTokens};

use crate::parts::{Scene, TTL, insert, take, tokens};

const MINUTE: Duration = Duration::from_secs(60);

/// E12, E13: what was inserted can be taken after a restart, and what was taken stays taken.
#[test]
fn a_restart_loses_nothing_and_gives_nothing_twice() {
    let scene = Scene::new();
    let database = scene.open();
    let store = tokens(&database);
    let [kept, taken] = ["alice", "bob"].map(|subject| insert(&store, subject));
    assert!(take(&store, taken).is_some());
    database.close().unwrap();

    for _ in 0..2 {
        let database = scene.open();
        let store = tokens(&database);
        assert!(take(&store, taken).is_none());
        assert_eq!(block_on(store.count()).unwrap(), 1);
        database.close().unwrap();
    }
    let store = tokens(&scene.open());
    let entry = take(&store, kept).unwrap();
    assert_eq!(entry.subject_bytes(), b"alice");
    assert_eq!(block_on(store.count()).unwrap(), 0);
}

/// C20: a withdrawal is remembered over a restart, and the epoch goes on.
#[test]
fn a_restart_forgets_no_withdrawal() {
    let scene = Scene::new();
    let epoch = |store: &SqliteTokens| block_on(store.epoch()).unwrap();
    let database = scene.open();
    let before = epoch(&tokens(&database));
    let alice = Subject::new("alice").unwrap();
    block_on(tokens(&database).withdraw(alice)).unwrap();
    let after = epoch(&tokens(&database));
    database.close().unwrap();

    let store = tokens(&scene.open());
    assert_eq!(epoch(&store), after);
    let insert = |sample: Sample| block_on(store.insert(sample.key, sample.entry, TTL));
    let refused = insert(Sample::new().at(before)).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Withdrawn);
    insert(Sample::of("bob", 0).at(before)).unwrap();
    insert(Sample::new().at(after)).unwrap();
}

/// E9: while the file is closed, tokens end by the wall clock. If that goes back, they end no later than
/// their span of open time allows.
#[test]
fn tokens_end_while_the_file_is_closed() {
    type Case = (&'static str, fn(&Scene), bool);
    let cases: [Case; 4] = [
        (
            "half a minute",
            |scene| scene.clock.advance(MINUTE / 2),
            true,
        ),
        ("a minute", |scene| scene.clock.advance(MINUTE), false),
        (
            "a wall clock set back",
            |scene| scene.clock.set_wall_back(MINUTE),
            true,
        ),
        (
            "a wall clock set ahead",
            |scene| scene.clock.set_wall_ahead(TTL),
            false,
        ),
    ];
    for (what, meanwhile, is_kept) in cases {
        let scene = Scene::new();
        let database = scene.open();
        let Sample { key, entry } = Sample::new();
        block_on(tokens(&database).insert(key, entry, MINUTE)).unwrap();
        database.close().unwrap();
        meanwhile(&scene);
        let store = tokens(&scene.open());
        assert_eq!(take(&store, key).is_some(), is_kept, "after {what}");
    }
}

/// E9: a wall clock that was set back while the file was closed gives a token its span of open time, and
/// not the time until the wall shows its date again.
#[test]
fn a_life_is_bounded_by_open_time() {
    let scene = Scene::new();
    let database = scene.open();
    let Sample { key, entry } = Sample::new();
    block_on(tokens(&database).insert(key, entry, MINUTE)).unwrap();
    scene.clock.advance(MINUTE / 2);
    database.close().unwrap();

    scene.clock.set_wall_back(TTL);
    let database = scene.open();
    scene.clock.advance(MINUTE / 2);
    assert!(take(&tokens(&database), key).is_none());
}

/// Makes a file as a crash leaves it: a copy of an open one. Its tokens are in the write-ahead log.
fn crash(scene: &Scene, durability: Durability) -> (TokenKey, Epoch, Scene) {
    let options = scene.sealed().with_durability(durability);
    let database = scene.open_with(options).unwrap();
    let key = insert(&tokens(&database), "alice");
    let crashed = Scene {
        clock: scene.clock.clone(),
        ..Scene::new()
    };
    for end in ["", "-wal"] {
        let file = |scene: &Scene| format!("{}{end}", scene.path().display());
        fs::copy(file(scene), file(&crashed)).unwrap();
    }
    let epoch = block_on(tokens(&database).epoch()).unwrap();
    database.close().unwrap();
    (key, epoch, crashed)
}

/// Makes the file one of a machine that has restarted since.
fn restart_machine(scene: &Scene) {
    let file = Connection::open(scene.path()).unwrap();
    let changed = file.execute("UPDATE state SET value = x'00' WHERE name = 'boot'", []);
    assert_eq!(changed.unwrap(), 1);
}

/// E12: a process that was killed has lost nothing, with either durability.
#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "only Linux tells whether it has restarted"
)]
fn a_crash_of_the_process_loses_nothing() {
    for durability in [Durability::Full, Durability::Normal] {
        let (key, _, crashed) = crash(&Scene::new(), durability);
        let store = tokens(&crashed.open());
        assert!(take(&store, key).is_some(), "{durability:?}");
    }
}

/// E12: if redemptions and withdrawals may have been undone by a power cut, no token is accepted, and
/// nothing that was authenticated before.
#[test]
fn a_power_cut_undoes_no_redemption() {
    for (durability, is_kept) in [(Durability::Full, true), (Durability::Normal, false)] {
        let (key, epoch, crashed) = crash(&Scene::new(), durability);
        restart_machine(&crashed);
        let store = tokens(&crashed.open());
        assert_eq!(take(&store, key).is_some(), is_kept, "{durability:?}");
        assert_eq!(block_on(store.count()).unwrap(), 0);
        let Sample { key, entry } = Sample::of("bob", 0).at(epoch);
        let inserted = block_on(store.insert(key, entry, TTL));
        assert_eq!(inserted.is_ok(), is_kept, "{durability:?}");
    }
}

/// A file that was closed has lost nothing, whatever the machine has done since.
#[test]
fn a_closed_file_survives_a_restart_of_the_machine() {
    let scene = Scene::new();
    let database: Database = scene.open();
    let key = insert(&tokens(&database), "alice");
    database.close().unwrap();
    restart_machine(&scene);
    assert!(take(&tokens(&scene.open()), key).is_some());
}
