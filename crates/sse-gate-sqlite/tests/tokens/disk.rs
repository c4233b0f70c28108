//! A disk that is full: files of a child process may not grow beyond a limit.

use std::process::Stdio;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use pollster::block_on;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{Limits, StoreErrorKind, TokenStore};
use sse_gate_sqlite::{Database, DatabaseOptions, SqliteTokens};

use crate::parts::{Scene, TTL, child, file_of_child, insert, spawn, take};

/// Lets the files of this process have at most this many bytes.
fn limit_files(max: u64) {
    let (_, hard) = getrlimit(Resource::RLIMIT_FSIZE).unwrap();
    setrlimit(Resource::RLIMIT_FSIZE, max.min(hard), hard).unwrap();
}

/// E1: on a full disk operations are refused as unavailable. When there is room again, they work, and
/// nothing was lost, doubled or half written.
#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let scene = Scene::new();
    let mut child = child("disk::filler", &scene.path());
    let child = spawn(child.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let child = child.wait_with_output().unwrap();
    assert!(child.status.success(), "{child:?}");
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        said.contains("1 passed"),
        "the child has run no test: {said}"
    );
}

#[test]
#[ignore = "it is started by another test"]
fn filler() {
    const MANY: usize = 10_000;
    let options = DatabaseOptions::unsealed();
    let database = Database::open(file_of_child(), options).unwrap();
    let store = SqliteTokens::new(&database, Limits::default());
    limit_files(2 * 1024 * 1024);
    let try_insert = |n: usize| {
        let Sample { key, entry } = Sample::of(&format!("subject {n}"), 32 * 1024);
        (key, block_on(store.insert(key, entry, TTL)))
    };
    let mut inserted = Vec::new();
    let (refused, error) = (0..MANY)
        .find_map(|n| match try_insert(n) {
            (key, Ok(())) => {
                inserted.push(key);
                None
            }
            (key, Err(error)) => Some((key, error)),
        })
        .unwrap();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(inserted.len() > 10, "{} were let in", inserted.len());
    // A transaction that also writes the time down needs a page more. So one may still fit after it.
    let mut refusals = 0;
    for n in MANY..MANY + 20 {
        match try_insert(n) {
            (key, Ok(())) => inserted.push(key),
            (_, Err(_)) => refusals += 1,
        }
    }
    assert!(refusals > 10, "{refusals} of 20 were refused");
    assert_eq!(block_on(store.count()).unwrap(), inserted.len());

    limit_files(u64::MAX);
    assert!(take(&store, refused).is_none());
    inserted.push(insert(&store, "newcomer"));
    for key in inserted {
        assert!(take(&store, key).is_some());
        assert!(take(&store, key).is_none());
    }
    assert_eq!(block_on(store.count()).unwrap(), 0);
    database.close().unwrap();
}
