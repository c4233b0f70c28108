//! C16: caps that are lower than what the file holds already.

use pollster::block_on;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{Limits, StoreErrorKind, TokenStore};
use sse_gate_sqlite::SqliteTokens;

use crate::parts::{Scene, TTL, tokens};

/// A token without a payload needs no room for one.
#[test]
fn a_lower_cap_of_payloads_refuses_only_payloads() {
    let scene = Scene::new();
    let database = scene.open();
    let insert = |store: &SqliteTokens, payload| {
        let Sample { key, entry } = Sample::of("alice", payload);
        block_on(store.insert(key, entry, TTL))
    };
    insert(&tokens(&database), 100).unwrap();
    let lower = SqliteTokens::new(&database, Limits::default().with_payload_bytes(10));
    let error = insert(&lower, 2).unwrap_err();
    assert!(matches!(error.kind(), StoreErrorKind::Full(_)), "{error}");
    insert(&lower, 0).unwrap();
}
