//! Bare rusqlite: the same statements on the same tables, without queue, seal, clock, chores or readers.

use std::sync::Arc;

use sse_gate_benches::Contestant;
use sse_gate_codec::Event;

use super::ours::filled;
use super::{Appends, DATA, Setup};
use crate::file::{ADD, Bare, Shared, runtime};

const FIND: &str = "SELECT id, owner, writer, ended, first, last, bytes, max_events,
    max_bytes, max_age, epoch FROM logs WHERE name = ?1";
const OLDEST: &str = "SELECT seq, at, len FROM events WHERE log = ?1 AND seq >= ?2 ORDER BY seq";
const DROP: &str = "DELETE FROM events WHERE log = ?1 AND seq >= ?2 AND seq < ?3";
const INSERT: &str = "INSERT INTO events (log, seq, at, len, value) VALUES (?1, ?2, ?3, ?4, ?5)";
const GROW: &str = "UPDATE logs SET first = ?2, last = ?3, bytes = ?4, empty_at = ?5 WHERE id = ?1";

/// A moment before any event is too old.
const NOW: i64 = 1;
const EMPTY_AT: i64 = i64::MAX;

/// What an event costs beside its bytes.
const OVERHEAD: i64 = 64;

/// The names of all logs in a file.
type Names = Vec<Vec<u8>>;

pub(super) fn behind_a_mutex(setup: Setup) -> Contestant<Appends> {
    let folder = filled(setup.logs);
    let bare = Bare::open(&folder, setup.durability);
    let names = Arc::new(names(&bare));
    let shared = Shared::new(bare);
    let runtime = runtime();
    Contestant::new("bare, mutex and spawn_blocking", move |appends| {
        let _kept = &folder;
        runtime.block_on(async {
            let writers = (0..setup.writers).map(|writer| {
                let (shared, names) = (shared.clone(), Arc::clone(&names));
                let log = setup.log_of(writer);
                tokio::spawn(async move {
                    let data = "x".repeat(DATA);
                    for _ in 0..appends {
                        let event = Event::new().data(&data).to_bytes();
                        let names = Arc::clone(&names);
                        let append =
                            move |bare: &Bare| bare.commit(|| append(bare, &names[log], &event));
                        shared.run(append).await;
                    }
                })
            });
            for writer in writers.collect::<Vec<_>>() {
                writer.await.expect("no panic");
            }
        });
    })
}

/// A loop on one thread that commits an event of each writer at a time. No writer waits for anything.
pub(super) fn on_one_thread(setup: Setup, name: &'static str) -> Contestant<Appends> {
    let folder = filled(setup.logs);
    let bare = Bare::open(&folder, setup.durability);
    let names = names(&bare);
    let data = "x".repeat(DATA);
    Contestant::new(name, move |appends| {
        let _kept = &folder;
        for _ in 0..appends {
            bare.commit(|| {
                for writer in 0..setup.writers {
                    let event = Event::new().data(&data).to_bytes();
                    append(&bare, &names[setup.log_of(writer)], &event);
                }
            });
        }
    })
}

fn names(bare: &Bare) -> Names {
    let connection = bare.connection();
    let mut statement = connection
        .prepare("SELECT name FROM logs")
        .expect("a query");
    let names = statement.query_map([], |row| row.get(0));
    let names = names.and_then(Iterator::collect);
    names.expect("the names")
}

/// A row of the table `logs`.
struct LogRow {
    id: i64,
    ended: i64,
    first: i64,
    last: i64,
    bytes: i64,
    max_events: i64,
    max_bytes: i64,
}

impl LogRow {
    fn find(bare: &Bare, name: &[u8]) -> Self {
        let found = bare.first(FIND, [name], |row| {
            let _unused: (Vec<u8>, [u8; 8], i64) = (row.get(1)?, row.get(2)?, row.get(9)?);
            let _epoch: Vec<u8> = row.get(10)?;
            Ok(Self {
                id: row.get(0)?,
                ended: row.get(3)?,
                first: row.get(4)?,
                last: row.get(5)?,
                bytes: row.get(6)?,
                max_events: row.get(7)?,
                max_bytes: row.get(8)?,
            })
        });
        found.expect("a log")
    }
}

fn append(bare: &Bare, name: &[u8], event: &[u8]) {
    let row = LogRow::find(bare, name);
    assert_eq!(row.ended, 0);
    let len = i64::try_from(event.len()).expect("a short event");
    assert!(bare.number("log_bytes") < 1 << 30);
    let (first, freed) = staying(bare, &row, len);
    let value = [&[0], event].concat();
    let dropped = first - row.first;
    if dropped > 0 {
        bare.execute(DROP, (row.id, row.first, first));
    }
    let seq = row.last + 1;
    bare.execute(INSERT, (row.id, seq, NOW, len, value));
    let bytes = row.bytes - freed + len;
    bare.execute(GROW, (row.id, first, seq, bytes, EMPTY_AT));
    let more = len + OVERHEAD - freed - dropped * OVERHEAD;
    if more != 0 {
        bare.execute(ADD, ("log_bytes", more));
    }
}

/// The first event that has room, and how many bytes are before it.
fn staying(bare: &Bare, row: &LogRow, len: i64) -> (i64, i64) {
    let mut statement = bare.connection().prepare_cached(OLDEST).expect("a query");
    let mut events = statement.query((row.id, row.first)).expect("it runs");
    let mut freed = 0;
    while let Some(event) = events.next().expect("it runs") {
        let (seq, at, its_len): (i64, i64, i64) = event.try_into().expect("three numbers");
        let has_room =
            row.last + 1 - seq < row.max_events && row.bytes - freed + len <= row.max_bytes;
        if at >= NOW && has_room {
            return (seq, freed);
        }
        freed += its_len;
    }
    (row.last + 1, freed)
}
