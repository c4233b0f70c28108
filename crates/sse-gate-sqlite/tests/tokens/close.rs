//! Closing, and callers that have gone away.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use pollster::block_on;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{StoreError, StoreErrorKind, TokenStore};
use sse_gate_sqlite::{DatabaseError, DatabaseErrorKind};

use crate::parts::{Scene, TTL, insert, take, tokens};

fn reason(error: &StoreError) -> Option<DatabaseErrorKind> {
    let source = std::error::Error::source(error)?;
    source.downcast_ref().map(DatabaseError::kind)
}

/// A closed database refuses everything, and can be closed again.
#[test]
fn a_closed_database_refuses_all() {
    let scene = Scene::new();
    let database = scene.open();
    let store = tokens(&database);
    let key = insert(&store, "alice");
    database.close().unwrap();
    database.close().unwrap();
    let Sample { key: new, entry } = Sample::new();
    for error in [
        block_on(store.insert(new, entry, TTL)).unwrap_err(),
        block_on(store.take(key)).unwrap_err(),
        block_on(store.withdraw("alice".parse().unwrap())).unwrap_err(),
        block_on(store.epoch()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        assert_eq!(reason(&error), Some(DatabaseErrorKind::Closed));
    }
    let counted = block_on(store.count()).unwrap_err();
    assert_eq!(counted.kind(), DatabaseErrorKind::Closed);
}

/// E12: each of many inserts that race with closing is either in the file or was refused.
#[test]
fn what_was_answered_before_closing_is_in_the_file() {
    let scene = Scene::new();
    let database = scene.open();
    let store = tokens(&database);
    let work = |thread: usize| {
        let mut inserted = Vec::new();
        for n in 0.. {
            let Sample { key, entry } = Sample::of(&format!("subject {thread} {n}"), 0);
            match block_on(store.insert(key, entry, TTL)) {
                Ok(()) => inserted.push(key),
                Err(error) => {
                    assert_eq!(reason(&error), Some(DatabaseErrorKind::Closed));
                    break;
                }
            }
        }
        inserted
    };
    let inserted: Vec<_> = thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..4)
            .map(|thread| scope.spawn(move || work(thread)))
            .collect();
        while block_on(store.count()).unwrap() < 100 {}
        database.close().unwrap();
        let inserted = threads.into_iter().map(|thread| thread.join().unwrap());
        inserted.flatten().collect()
    });
    let store = tokens(&scene.open());
    assert_eq!(block_on(store.count()).unwrap(), inserted.len());
    assert!(inserted.into_iter().all(|key| take(&store, key).is_some()));
}

/// F1: a take whose caller has gone away has taken the token, or left it.
#[test]
fn an_abandoned_take_is_whole() {
    let scene = Scene::new();
    let database = scene.open();
    let store = tokens(&database);
    for _ in 0..100 {
        let key = insert(&store, "alice");
        {
            let take = pin!(store.take(key));
            let poll = take.poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(poll, Poll::Pending | Poll::Ready(Ok(Some(_)))));
        }
        take(&store, key);
        assert!(take(&store, key).is_none());
        assert_eq!(block_on(store.count()).unwrap(), 0);
    }
}
