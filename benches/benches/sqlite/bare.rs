//! Bare rusqlite: the same statements on the same tables, without queue, seal, clock or chores.

use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OptionalExtension};
use sse_gate_core::Entry;
use sse_gate_sqlite::Durability;

use crate::ours::{filled, runtime};
use crate::turn::Contestant;

const STATE: &str = "SELECT value FROM state WHERE name = ?1";
const ADD: &str = "INSERT INTO state (name, value) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET value = value + excluded.value";
const OF_SUBJECT: &str = "SELECT count(*), coalesce(sum(payload_len), 0), coalesce(min(ends_at), 0)
    FROM tokens WHERE subject = ?1 AND ends_at > ?2";
const INSERT: &str = "INSERT INTO tokens (key, ends_at, subject, payload_len, value)
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key) DO NOTHING";
const TAKE: &str = "DELETE FROM tokens WHERE key = ?1 AND ends_at > ?2
    RETURNING ends_at, subject, payload_len, value";

/// A moment before the end of every token, and the end.
const NOW: i64 = 1;
const END: i64 = i64::MAX;

/// What people write: a connection behind a mutex, in the runtime's pool for what blocks.
pub(crate) fn behind_a_mutex(durability: Durability) -> Contestant {
    let (folder, connection) = open(durability);
    let connection = Arc::new(Mutex::new(connection));
    let runtime = runtime();
    Contestant::new("bare, mutex and spawn_blocking", move |_, shares| {
        let _kept = &folder;
        runtime.block_on(async {
            let callers = shares.into_iter().map(|share| {
                let connection = Arc::clone(&connection);
                tokio::spawn(async move {
                    for entry in share {
                        let entry = Arc::new(entry);
                        for work in [insert, take] {
                            let (connection, entry) = (Arc::clone(&connection), Arc::clone(&entry));
                            let commit = move || {
                                let connection = connection.lock().expect("no panic");
                                commit(&connection, || work(&connection, &entry));
                            };
                            let done = tokio::task::spawn_blocking(commit).await;
                            done.expect("no panic");
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
pub(crate) fn on_one_thread(
    durability: Durability,
    name: &'static str,
    batch: usize,
) -> Contestant {
    let (folder, connection) = open(durability);
    Contestant::new(name, move |_, shares| {
        let _kept = &folder;
        let entries: Vec<_> = shares.into_iter().flatten().collect();
        for entries in entries.chunks(batch) {
            for work in [insert, take] {
                commit(&connection, || {
                    for entry in entries {
                        work(&connection, entry);
                    }
                });
            }
        }
    })
}

fn open(durability: Durability) -> (tempfile::TempDir, Connection) {
    let folder = filled();
    let connection = Connection::open(folder.path().join("tokens.db")).expect("our file");
    let synchronous = match durability {
        Durability::Normal => "NORMAL",
        Durability::Full => "FULL",
    };
    for (pragma, value) in [
        ("journal_mode", "WAL"),
        ("synchronous", synchronous),
        ("cache_size", "-16384"),
    ] {
        connection
            .pragma_update(None, pragma, value)
            .expect("a setting");
    }
    connection.set_prepared_statement_cache_capacity(64);
    (folder, connection)
}

fn commit(connection: &Connection, work: impl FnOnce()) {
    let execute = |sql| {
        let mut statement = connection.prepare_cached(sql).expect("a statement");
        statement.execute([]).expect("a transaction");
    };
    execute("BEGIN IMMEDIATE");
    work();
    execute("COMMIT");
}

fn insert(connection: &Connection, entry: &Entry) {
    let prepare = |sql| connection.prepare_cached(sql).expect("a statement");
    let number = |name: &str| {
        let found = prepare(STATE).query_row([name], |row| row.get(0));
        found.optional().expect("a number").unwrap_or(0_i64)
    };
    assert_eq!(number("epoch"), 0);
    let (subject, value) = (entry.subject_bytes(), [&[0], entry.as_bytes()].concat());
    let of_subject = prepare(OF_SUBJECT).query_row((subject, NOW), |row| row.get(0));
    assert!(of_subject.is_ok_and(|tokens: i64| tokens < 16));
    assert!(number("tokens") < 1_000_000);
    let key = entry.key();
    let columns = (key.as_bytes(), END, subject, 0, value);
    assert_eq!(prepare(INSERT).execute(columns), Ok(1));
    prepare(ADD).execute(("tokens", 1)).expect("a number");
}

fn take(connection: &Connection, entry: &Entry) {
    let prepare = |sql| connection.prepare_cached(sql).expect("a statement");
    let params = (entry.key().as_bytes().to_vec(), NOW);
    let value: Vec<u8> = prepare(TAKE)
        .query_row(params, |row| row.get(3))
        .expect("a token");
    assert!(Entry::from_bytes(&value[1..]).is_ok());
    prepare(ADD).execute(("tokens", -1)).expect("a number");
}
