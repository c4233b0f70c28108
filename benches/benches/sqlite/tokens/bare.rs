//! Bare rusqlite: the same statements on the same tables, without queue, seal, clock or chores.

use std::sync::Arc;

use sse_gate_benches::Contestant;
use sse_gate_core::Entry;
use sse_gate_sqlite::Durability;

use super::Shares;
use super::ours::filled;
use crate::file::{ADD, Bare, Shared, runtime};

const OF_SUBJECT: &str = "SELECT count(*), coalesce(sum(payload_len), 0), coalesce(min(ends_at), 0)
    FROM tokens WHERE subject = ?1 AND ends_at > ?2";
const INSERT: &str = "INSERT INTO tokens (key, ends_at, subject, payload_len, value)
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key) DO NOTHING";
const TAKE: &str = "DELETE FROM tokens WHERE key = ?1 AND ends_at > ?2
    RETURNING ends_at, subject, payload_len, value";

/// A moment before the end of every token, and the end.
const NOW: i64 = 1;
const END: i64 = i64::MAX;

pub(super) fn behind_a_mutex(durability: Durability) -> Contestant<Shares> {
    let folder = filled();
    let shared = Shared::new(Bare::open(&folder, durability));
    let runtime = runtime();
    Contestant::new("bare, mutex and spawn_blocking", move |shares: Shares| {
        let _kept = &folder;
        runtime.block_on(async {
            let callers = shares.into_iter().map(|share| {
                let shared = shared.clone();
                tokio::spawn(async move {
                    for entry in share {
                        let entry = Arc::new(entry);
                        for work in [insert, take] {
                            let entry = Arc::clone(&entry);
                            let commit = move |bare: &Bare| bare.commit(|| work(bare, &entry));
                            shared.run(commit).await;
                        }
                    }
                })
            });
            for caller in callers.collect::<Vec<_>>() {
                caller.await.expect("no panic");
            }
        });
    })
}

/// A loop on one thread that commits `batch` operations at a time. No caller waits for anything.
pub(super) fn on_one_thread(
    durability: Durability,
    name: &'static str,
    batch: usize,
) -> Contestant<Shares> {
    let folder = filled();
    let bare = Bare::open(&folder, durability);
    Contestant::new(name, move |shares: Shares| {
        let _kept = &folder;
        let entries: Vec<_> = shares.into_iter().flatten().collect();
        for entries in entries.chunks(batch) {
            for work in [insert, take] {
                bare.commit(|| entries.iter().for_each(|entry| work(&bare, entry)));
            }
        }
    })
}

fn insert(bare: &Bare, entry: &Entry) {
    assert_eq!(bare.number("epoch"), 0);
    let (subject, value) = (entry.subject_bytes(), [&[0], entry.as_bytes()].concat());
    let of_subject: Option<i64> = bare.first(OF_SUBJECT, (subject, NOW), |row| row.get(0));
    assert!(of_subject.is_some_and(|tokens| tokens < 16));
    assert!(bare.number("tokens") < 1_000_000);
    let key = entry.key();
    let columns = (key.as_bytes(), END, subject, 0, value);
    assert_eq!(bare.execute(INSERT, columns), 1);
    bare.execute(ADD, ("tokens", 1));
}

fn take(bare: &Bare, entry: &Entry) {
    let params = (entry.key().as_bytes().to_vec(), NOW);
    let value: Option<Vec<u8>> = bare.first(TAKE, params, |row| row.get(3));
    assert!(Entry::from_bytes(&value.expect("a token")[1..]).is_ok());
    bare.execute(ADD, ("tokens", -1));
}
