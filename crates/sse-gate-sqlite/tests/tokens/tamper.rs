//! D12: someone who can write to the file makes no token, and changes none.

use pollster::block_on;
use rusqlite::Connection;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{StoreErrorKind, TokenKey, TokenStore};
use sse_gate_sqlite::DatabaseErrorKind;

use crate::parts::{Scene, insert, take, tokens};

/// Inserts two tokens, lets `attack` write to the closed file, and takes the first token.
fn attacked(attack: impl FnOnce(&Connection, TokenKey, TokenKey)) -> Option<StoreErrorKind> {
    let scene = Scene::new();
    let database = scene.open();
    let [one, two] = ["alice", "mallory"].map(|subject| insert(&tokens(&database), subject));
    database.close().unwrap();
    attack(&scene.stranger(), one, two);
    let store = tokens(&scene.open());
    let taken = block_on(store.take(one));
    // What is refused is gone, and the other token is as it was.
    assert!(take(&store, one).is_none());
    assert!(take(&store, two).is_some());
    taken.err().map(|error| error.kind())
}

/// D12, E8: values that were swapped, cut, changed or replaced are refused, and so is a row whose other
/// columns were changed.
#[test]
fn a_changed_row_is_refused() {
    for change in [
        "value = (SELECT value FROM tokens WHERE key = ?2)",
        "value = substr(value, 1, 20)",
        "value = x''",
        "value = CAST(substr(value, 1, length(value) - 1) || x'00' AS BLOB)",
        "value = CAST(x'00' || substr(value, 2) AS BLOB)",
        "value = CAST(x'02' || substr(value, 2) AS BLOB)",
        "value = CAST('none' AS BLOB)",
        "ends_at = ends_at + 1",
        "subject = (SELECT subject FROM tokens WHERE key = ?2)",
        "subject = x'00'",
        "payload_len = 1",
    ] {
        let refused = attacked(|file, one, two| {
            let sql = format!("UPDATE tokens SET {change} WHERE key = ?1 AND ?2 = ?2");
            let changed = file.execute(&sql, (one.as_bytes(), two.as_bytes()));
            assert_eq!(changed.unwrap(), 1);
        });
        assert_eq!(refused, Some(StoreErrorKind::Corrupt), "{change}");
    }
}

/// The attack of the tests above, without one: the token is good.
#[test]
fn an_unchanged_row_is_accepted() {
    let scene = Scene::new();
    let database = scene.open();
    let key = insert(&tokens(&database), "alice");
    database.close().unwrap();
    scene
        .stranger()
        .execute("UPDATE tokens SET value = value", [])
        .unwrap();
    assert!(take(&tokens(&scene.open()), key).is_some());
}

/// D12: a row of another file is refused, even if both have the same keys.
#[test]
fn a_row_of_another_file_is_refused() {
    let [mine, other] = [(); 2].map(|()| Scene::new());
    let database = other.open();
    let planted = insert(&tokens(&database), "admin");
    database.close().unwrap();
    mine.open().close().unwrap();
    let file = mine.stranger();
    file.execute("ATTACH ?1 AS other", [other.path().to_str()])
        .unwrap();
    let copied = file.execute("INSERT INTO tokens SELECT * FROM other.tokens", []);
    assert_eq!(copied.unwrap(), 1);
    drop(file);
    let store = tokens(&mine.open());
    let refused = block_on(store.take(planted)).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Corrupt);
    assert!(take(&store, planted).is_none());
}

/// D12: an entry in clear is refused in a sealed file, however well it is made.
#[test]
fn an_unsealed_entry_is_refused_in_a_sealed_file() {
    let Sample { key, entry } = Sample::of("admin", 0);
    let refused = attacked(|file, one, _| {
        let value = [&[0], entry.as_bytes()].concat();
        let sql = "UPDATE tokens SET value = ?2 WHERE key = ?1";
        assert_eq!(file.execute(sql, (one.as_bytes(), value)).unwrap(), 1);
    });
    assert_eq!(refused, Some(StoreErrorKind::Corrupt), "{key:?}");
}

/// E8, E14: an entry of a version that this code does not know is refused and removed.
#[test]
fn an_entry_of_another_version_is_refused() {
    use sse_gate_sqlite::DatabaseOptions;
    let scene = Scene::new();
    let open = || scene.open_with(DatabaseOptions::unsealed()).unwrap();
    let database = open();
    let key = insert(&tokens(&database), "alice");
    database.close().unwrap();
    // The byte behind the scheme is the version of the entry.
    let newer = "UPDATE tokens SET value = CAST(x'00FF' || substr(value, 3) AS BLOB)";
    assert_eq!(scene.stranger().execute(newer, []).unwrap(), 1);
    let store = tokens(&open());
    let refused = block_on(store.take(key)).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Corrupt);
    assert!(take(&store, key).is_none());
}

/// D12: triggers, views and tables that someone has added are noticed at the start.
#[test]
fn a_changed_schema_is_noticed() {
    for change in [
        "CREATE TRIGGER t AFTER DELETE ON tokens BEGIN
            INSERT INTO tokens VALUES (old.key, old.ends_at, old.subject, 0, old.value); END",
        "CREATE VIEW v AS SELECT * FROM tokens",
        "CREATE TABLE t (x)",
        "DROP INDEX tokens_by_subject",
        "DROP TABLE withdrawals",
    ] {
        let scene = Scene::new();
        scene.open().close().unwrap();
        scene.stranger().execute_batch(change).unwrap();
        let error = scene.open_with(scene.sealed()).unwrap_err();
        assert_eq!(error.kind(), DatabaseErrorKind::Corrupt, "{change}");
    }
}

/// D12: the file's own key is sealed, so no other can be put in its place.
#[test]
fn the_index_key_can_not_be_replaced() {
    for value in ["x'00'", "x'0102'", "zeroblob(73)", "NULL", "7", "'text'"] {
        let scene = Scene::new();
        scene.open().close().unwrap();
        let sql = format!("UPDATE OR REPLACE state SET value = {value} WHERE name = 'index_key'");
        if scene.stranger().execute(&sql, []).is_err() {
            assert_eq!(value, "NULL", "the column takes no NULL");
            continue;
        }
        let error = scene.open_with(scene.sealed()).unwrap_err();
        let kinds = [DatabaseErrorKind::WrongKeys, DatabaseErrorKind::Corrupt];
        assert!(kinds.contains(&error.kind()), "{value}: {error:?}");
    }
}
