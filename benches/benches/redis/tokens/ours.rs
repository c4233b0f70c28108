//! Our store.

use sse_gate_benches::Contestant;
use sse_gate_core::{Entry, TokenStore};
use sse_gate_redis::RedisTokens;
use std::time::Duration;

use super::Shares;
use crate::scene::{Scene, limits, runtime};
use crate::work::in_tasks;

/// Longer than the benchmark runs.
pub(super) const TTL: Duration = Duration::from_secs(3600);

pub(super) fn contestant(name: &'static str, scene: &Scene, is_sealed: bool) -> Contestant<Shares> {
    let runtime = runtime();
    let prefix = if is_sealed { "sealed" } else { "unsealed" };
    let connecting = scene.connect(Scene::quiet(is_sealed, prefix));
    let store = RedisTokens::new(&runtime.block_on(connecting), limits());
    Contestant::new(name, move |shares: Shares| {
        runtime.block_on(in_tasks(shares, |share| {
            let store = store.clone();
            async move {
                for entry in share {
                    insert_and_take(&store, entry).await;
                }
            }
        }));
    })
}

pub(crate) async fn insert_and_take(store: &RedisTokens, entry: Entry) {
    let key = entry.key();
    store.insert(key, entry, TTL).await.expect("there is room");
    assert!(store.take(key).await.is_ok_and(|taken| taken.is_some()));
}
