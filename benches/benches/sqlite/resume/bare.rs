//! Bare rusqlite: the same statements on the same tables. The bytes of a record are not looked into.

use std::sync::Arc;

use sse_gate_benches::Contestant;
use sse_gate_sqlite::Durability;

use super::Order;
use super::ours::filled;
use crate::file::{Bare, Shared, runtime};

const LOAD: &str = "SELECT id, token, subject, version, value FROM sessions WHERE id = ?1";
const IS_OPEN: &str = "SELECT closed IS NULL FROM sessions WHERE id = ?1 AND version = ?2";
const SWAP: &str = "UPDATE sessions
    SET version = version + 1, closed = ?3, is_waiting = ?4, ends_at = ?5, value = ?6
    WHERE id = ?1 AND version = ?2";

/// The names of all sessions in a file.
type Ids = Vec<Vec<u8>>;

pub(super) fn behind_a_mutex(durability: Durability) -> Contestant<Order> {
    let folder = filled();
    let bare = Bare::open(&folder, durability);
    let ids = Arc::new(ids(&bare));
    let (shared, runtime) = (Shared::new(bare), runtime());
    Contestant::new("bare, mutex and spawn_blocking", move |order: Order| {
        let _kept = &folder;
        runtime.block_on(async {
            for at in order {
                let known = Arc::clone(&ids);
                let found = shared.run(move |bare: &Bare| load(bare, &known[at])).await;
                let known = Arc::clone(&ids);
                let swap = move |bare: &Bare| bare.commit(|| swap(bare, &known[at], &found));
                shared.run(swap).await;
            }
        });
    })
}

pub(super) fn on_one_thread(durability: Durability) -> Contestant<Order> {
    let folder = filled();
    let bare = Bare::open(&folder, durability);
    let ids = ids(&bare);
    Contestant::new("bare, one thread", move |order: Order| {
        let _kept = &folder;
        for at in order {
            let found = load(&bare, &ids[at]);
            bare.commit(|| swap(&bare, &ids[at], &found));
        }
    })
}

fn ids(bare: &Bare) -> Ids {
    let connection = bare.connection();
    let mut statement = connection
        .prepare("SELECT id FROM sessions")
        .expect("a query");
    let ids = statement.query_map([], |row| row.get(0));
    ids.and_then(Iterator::collect).expect("the ids")
}

/// A version of a session, and its record.
type Found = (i64, Vec<u8>);

fn load(bare: &Bare, id: &[u8]) -> Found {
    let found = bare.first(LOAD, [id], |row| {
        let _unused: (Vec<u8>, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((row.get(3)?, row.get(4)?))
    });
    found.expect("a session")
}

fn swap(bare: &Bare, id: &[u8], (version, value): &Found) {
    let is_open: Option<bool> = bare.first(IS_OPEN, (id, version), |row| row.get(0));
    assert_eq!(is_open, Some(true));
    // The end moves with each step, as it does with ours.
    let ends_at = i64::from(i32::MAX) + version;
    let columns = (id, version, None::<i64>, false, ends_at, value);
    assert_eq!(bare.execute(SWAP, columns), 1);
}
