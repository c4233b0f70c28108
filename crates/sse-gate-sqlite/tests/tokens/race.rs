//! Many callers at once.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use futures_util::future::join_all;
use pollster::block_on;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{Limits, StoreErrorKind, TokenStore};
use sse_gate_sqlite::{DatabaseOptions, SqliteTokens};

use crate::parts::{Scene, TTL, insert, take, tokens, wait_until};

/// A2: many threads redeem the same tokens, and each token is given once.
#[test]
fn each_token_is_given_to_one_of_many_threads() {
    const THREADS: usize = 16;
    const TOKENS: usize = 200;
    let scene = Scene::new();
    let database = scene.open();
    let store = tokens(&database);
    let subject = |n| format!("subject {n}");
    let keys: Vec<_> = (0..TOKENS).map(|n| insert(&store, &subject(n))).collect();
    let barrier = Barrier::new(THREADS);
    let taker = || {
        barrier.wait();
        keys.iter()
            .filter(|key| take(&store, **key).is_some())
            .count()
    };
    let given: usize = thread::scope(|scope| {
        let takers: Vec<_> = (0..THREADS).map(|_| scope.spawn(taker)).collect();
        takers.into_iter().map(|taker| taker.join().unwrap()).sum()
    });
    assert_eq!(given, TOKENS);
    assert_eq!(block_on(store.count()).unwrap(), 0);
}

/// C21: more operations than may wait are refused at once, and none waits without a bound.
#[test]
fn a_full_queue_refuses() {
    let scene = Scene::new();
    let options = DatabaseOptions::unsealed().with_queue(4);
    let database = scene.open_with(options).unwrap();
    let limits = Limits::default().with_tokens_per_subject(1_000);
    let store = SqliteTokens::new(&database, limits);
    let insert = |sample: Sample| store.insert(sample.key, sample.entry, TTL);
    let mut refused = 0;
    let mut inserted = 0;
    for _ in 0..20 {
        let inserts: Vec<_> = (0..40).map(|_| insert(Sample::new())).collect();
        for outcome in block_on(join_all(inserts)) {
            match outcome {
                Ok(()) => inserted += 1,
                Err(error) => {
                    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 0 && inserted >= 4, "{refused} {inserted}");
    assert_eq!(block_on(store.count()).unwrap(), inserted);
}

/// E13: tokens that nobody asks for are removed, though nothing else happens.
#[test]
fn an_idle_store_removes_what_has_ended() {
    let scene = Scene::new();
    let database = scene.open();
    let store = tokens(&database);
    for late in [Duration::ZERO, Duration::from_secs(1)] {
        for n in 0..100 {
            insert(&store, &format!("subject {n}"));
        }
        scene.clock.advance(TTL + late);
        wait_until(|| block_on(store.count()).unwrap() == 0);
    }
}
