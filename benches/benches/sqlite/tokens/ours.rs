//! Our store: callers are tasks of a runtime with two threads.

use std::sync::Arc;
use std::time::Duration;

use sse_gate_benches::Contestant;
use sse_gate_core::{Entry, Limits, TokenStore};
use sse_gate_sqlite::{DatabaseOptions, Durability, SqliteTokens};
use tempfile::TempDir;

use super::Shares;
use crate::file::{database, folder, runtime, unsealed};

/// Longer than the benchmark runs.
const TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// How many tokens are in each file all the time, while others come and go.
const LIVE: usize = 10_000;

pub(super) fn contestant(
    name: &'static str,
    options: DatabaseOptions,
    durability: Durability,
) -> Contestant<Shares> {
    let folder = folder();
    let database = database(&folder, options.with_durability(durability));
    let store = SqliteTokens::new(&database, limits());
    let runtime = runtime();
    runtime.block_on(fill(&store));
    let store = Arc::new(store);
    Contestant::new(name, move |shares: Shares| {
        let _kept = &folder;
        runtime.block_on(async {
            let callers = shares.into_iter().map(|share| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    for entry in share {
                        insert_and_take(&store, entry).await;
                    }
                })
            });
            for caller in callers.collect::<Vec<_>>() {
                caller.await.expect("no panic");
            }
        });
    })
}

async fn insert_and_take(store: &SqliteTokens, entry: Entry) {
    let key = entry.key();
    store.insert(key, entry, TTL).await.expect("there is room");
    assert!(store.take(key).await.is_ok_and(|taken| taken.is_some()));
}

/// A file with tokens, made by our store and closed.
pub(super) fn filled() -> TempDir {
    let folder = folder();
    let database = database(&folder, unsealed());
    runtime().block_on(fill(&SqliteTokens::new(&database, limits())));
    database.close().expect("all is written");
    folder
}

async fn fill(store: &SqliteTokens) {
    for group in 0..LIVE / 100 {
        let inserts = (0..100).map(|n| {
            let entry = sse_gate_benches::token_entry(1_000_000 + group * 100 + n);
            store.insert(entry.key(), entry, TTL)
        });
        for inserted in futures_util::future::join_all(inserts).await {
            inserted.expect("there is room");
        }
    }
}

fn limits() -> Limits {
    Limits::default().with_tokens(1_000_000)
}
