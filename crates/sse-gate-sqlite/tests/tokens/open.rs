//! Files that can't be opened, each with an error of its own.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use sse_gate_sqlite::{Database, DatabaseErrorKind, DatabaseOptions};

use crate::parts::{Scene, insert, take, tokens, wait_until};

fn kind(path: &Path) -> DatabaseErrorKind {
    Database::open(path, DatabaseOptions::unsealed())
        .unwrap_err()
        .kind()
}

/// A file is open once, in this process too. It can be opened again when it was closed.
#[test]
fn a_file_is_open_once() {
    let scene = Scene::new();
    let database = scene.open();
    let again = scene.open_with(scene.sealed()).unwrap_err();
    assert_eq!(again.kind(), DatabaseErrorKind::Locked);
    let key = insert(&tokens(&database), "alice");
    database.close().unwrap();
    assert!(take(&tokens(&scene.open()), key).is_some());
}

/// A file of something else is left as it was.
#[test]
fn a_foreign_file_is_not_touched() {
    let scene = Scene::new();
    let text = scene.folder.path().join("text");
    fs::write(&text, "A text of more than a hundred bytes. ".repeat(5)).unwrap();
    let other = scene.folder.path().join("other.db");
    let connection = Connection::open(&other).unwrap();
    connection
        .execute_batch("CREATE TABLE notes (text)")
        .unwrap();
    drop(connection);
    let named = scene.folder.path().join("named.db");
    let connection = Connection::open(&named).unwrap();
    connection.pragma_update(None, "application_id", 7).unwrap();
    drop(connection);
    for path in [text, other, named] {
        let before = fs::read(&path).unwrap();
        assert_eq!(
            kind(&path),
            DatabaseErrorKind::Foreign,
            "{}",
            path.display()
        );
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

/// E14: a file of a newer version is left as it was.
#[test]
fn a_newer_file_is_not_touched() {
    let scene = Scene::new();
    scene.open().close().unwrap();
    scene
        .stranger()
        .pragma_update(None, "user_version", 1_000)
        .unwrap();
    let before = fs::read(scene.path()).unwrap();
    assert_eq!(kind(&scene.path()), DatabaseErrorKind::Newer);
    assert_eq!(fs::read(scene.path()).unwrap(), before);
}

/// An empty file is a new one: another program may have made it, to set its owner.
#[test]
fn an_empty_file_is_made_a_database() {
    let scene = Scene::new();
    fs::write(scene.path(), "").unwrap();
    insert(&tokens(&scene.open()), "alice");
}

/// E8: a damaged file is noticed at the start.
#[test]
fn a_damaged_file_is_noticed() {
    let scene = Scene::new();
    let database = scene.open();
    for n in 0..200 {
        insert(&tokens(&database), &format!("subject {n}"));
    }
    database.close().unwrap();
    let whole = fs::read(scene.path()).unwrap();
    let pages = whole.len() / 4096;
    assert!(pages > 10, "it has {pages} pages");
    let mut noticed = 0;
    for page in 1..pages {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xa5);
        fs::write(scene.path(), bytes).unwrap();
        let opened = scene.open_with(scene.sealed());
        let damage = opened.map_err(|error| error.kind()).err();
        noticed += usize::from(damage == Some(DatabaseErrorKind::Corrupt));
    }
    assert_eq!(noticed, pages - 1);
    fs::write(scene.path(), &whole[..whole.len() / 2]).unwrap();
    let error = scene.open_with(scene.sealed()).unwrap_err();
    assert_eq!(error.kind(), DatabaseErrorKind::Corrupt);
}

/// A folder that is not there, and one that stands where the file should be.
#[test]
fn a_place_without_a_file_is_unavailable() {
    let scene = Scene::new();
    let nowhere = scene.folder.path().join("nowhere/tokens.db");
    for path in [nowhere.as_path(), scene.folder.path()] {
        assert_eq!(kind(path), DatabaseErrorKind::Unavailable);
    }
}

/// A folder in which no file can be made.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_file_is_an_error() {
    let error = kind(Path::new("/proc/self/tokens.db"));
    let kinds = [DatabaseErrorKind::ReadOnly, DatabaseErrorKind::Unavailable];
    assert!(kinds.contains(&error), "{error:?}");
}

/// A name that SQLite could take for a URI is a name.
#[test]
fn a_name_is_no_uri() {
    let scene = Scene::new();
    let path = scene.folder.path().join("file:tokens.db?mode=memory");
    let database = Database::open(&path, scene.sealed()).unwrap();
    let key = insert(&tokens(&database), "alice");
    database.close().unwrap();
    let database = Database::open(&path, scene.sealed()).unwrap();
    assert!(take(&tokens(&database), key).is_some());
}

/// The last handle that is dropped closes the file, though nothing waits for it.
#[test]
fn a_dropped_database_can_be_opened_again() {
    let scene = Scene::new();
    let database = scene.open();
    let store = tokens(&database.clone());
    let key = insert(&store, "alice");
    drop(database);
    let again = scene.open_with(scene.sealed()).unwrap_err();
    assert_eq!(again.kind(), DatabaseErrorKind::Locked, "a store is left");
    drop(store);
    let mut reopened = None;
    wait_until(|| {
        reopened = scene.open_with(scene.sealed()).ok();
        reopened.is_some()
    });
    assert!(take(&tokens(&reopened.unwrap()), key).is_some());
}
