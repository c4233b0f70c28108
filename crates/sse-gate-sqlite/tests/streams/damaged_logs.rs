//! D12, E8: logs and events whose rows were changed or moved in the file. A reader gets the right events, each under
//! its own number, and learns which of them are lost. Nothing else is kept from going on.

use std::path::PathBuf;
use std::time::Duration;

use pollster::block_on;
use rusqlite::Connection;
use sse_gate_core::{ManualClock, Subject};
use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::{LogEnd, LogEpoch, LogId, LogName, LogStore, NewLog, StoredEvents};
use sse_gate_sqlite::{Database, Durability, SqliteLogs};
use tempfile::TempDir;

use crate::stage::{options, subject};

/// A file with two logs, `news` and `sport`, of four events each.
struct Scene {
    database: Database,
    clock: ManualClock,
    path: PathBuf,
    _folder: TempDir,
}

fn log(name: &str) -> LogId {
    let epoch = [name.as_bytes()[0]; 8];
    LogId {
        name: LogName::new(format!("topic/{name}")).unwrap(),
        epoch: LogEpoch::from_bytes(epoch),
    }
}

fn new(name: &str, owner: &Subject) -> NewLog {
    NewLog::new(log(name), LogLimits::default(), Some(owner.clone()))
}

fn open(path: &PathBuf, clock: &ManualClock) -> Database {
    let options = options(clock).with_durability(Durability::Normal);
    Database::open(path, options).unwrap()
}

impl Scene {
    fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
        clock.advance(Duration::from_secs(1));
        let path = folder.path().join("a.db");
        let scene = Self {
            database: open(&path, &clock),
            clock,
            path,
            _folder: folder,
        };
        for name in ["news", "sport"] {
            block_on(scene.store().create(new(name, &subject("alice")))).unwrap();
            for seq in 1..=4 {
                assert_eq!(scene.append(name, &format!("{name} {seq}")), Some(seq));
            }
        }
        scene
    }

    fn store(&self) -> SqliteLogs {
        SqliteLogs::new(&self.database)
    }

    fn append(&self, name: &str, event: &str) -> Option<u64> {
        let event = event.to_owned().into_bytes().into();
        block_on(self.store().append(log(name), event)).ok()
    }

    fn restart(&mut self) {
        self.database.close().unwrap();
        self.database = open(&self.path, &self.clock);
    }

    fn execute(&self, sql: &str) {
        let connection = Connection::open(&self.path).unwrap();
        connection.busy_timeout(Duration::from_secs(30)).unwrap();
        assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
    }

    fn number(&self, sql: &str) -> i64 {
        let connection = Connection::open(&self.path).unwrap();
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// Reads a log as a reader does, some bytes at a time. `None` if there is no such log.
    fn read(&self, name: &str) -> Option<Vec<(u64, String)>> {
        let (store, mut read, mut after) = (self.store(), Vec::new(), 0);
        for _ in 0..20 {
            let stored = block_on(store.read(log(name), after, 70)).unwrap()?;
            let StoredEvents {
                bounds,
                first,
                events,
            } = stored;
            if after + 1 < bounds.first {
                after = bounds.first - 1;
            } else if after >= bounds.last {
                return Some(read);
            } else {
                assert_eq!(first, after + 1, "{bounds:?} {events:?}");
                for event in events {
                    after += 1;
                    read.push((after, String::from_utf8(event.to_vec()).unwrap()));
                }
            }
        }
        panic!("the reader never has all")
    }

    /// What a reader gets is what was appended under that number. Returns the numbers.
    fn read_right(&self, name: &str) -> Option<Vec<u64>> {
        let read = self.read(name)?;
        for (seq, event) in &read {
            assert_eq!(*event, format!("{name} {seq}"));
        }
        Some(read.iter().map(|(seq, _)| *seq).collect())
    }
}

/// An event that is lost is a gap for its readers, and no other is.
#[test]
fn a_lost_event_is_a_gap() {
    for (change, left) in [
        ("value = value", vec![1, 2, 3, 4]),
        ("value = x''", vec![1, 3, 4]),
        ("value = x'01'", vec![1, 3, 4]),
        ("value = substr(value, 1, 30)", vec![1, 3, 4]),
        (
            "value = CAST(x'00' || substr(value, 2) AS BLOB)",
            vec![1, 3, 4],
        ),
        (
            "value = (SELECT value FROM events WHERE log = 1 AND seq = 3)",
            vec![1, 3, 4],
        ),
        (
            "value = (SELECT value FROM events WHERE log = 2 AND seq = 2)",
            vec![1, 3, 4],
        ),
        ("log = 7", vec![1, 3, 4]),
        ("seq = 100", vec![1, 3, 4]),
        ("seq = -1", vec![1, 3, 4]),
        ("seq = 9223372036854775807", vec![1, 3, 4]),
        ("at = -1000000000000", vec![1, 3, 4]),
        // It is just as old as an event may not be.
        ("at = -600000", vec![1, 3, 4]),
        ("at = -599999", vec![1, 2, 3, 4]),
        ("at = 9223372036854775807", vec![1, 2, 3, 4]),
        ("len = 9223372036854775807", vec![1, 2, 3, 4]),
        ("len = -9223372036854775807", vec![1, 2, 3, 4]),
    ] {
        let mut scene = Scene::new();
        let sql = format!("UPDATE events SET {change} WHERE log = 1 AND seq = 2");
        scene.execute(&sql);
        for _ in 0..2 {
            assert_eq!(scene.read_right("news").unwrap(), left, "{change}");
            assert_eq!(scene.read_right("sport").unwrap(), [1, 2, 3, 4]);
            scene.restart();
        }
        assert_eq!(scene.append("news", "news 5"), Some(5), "{change}");
        let left = [left, vec![5]].concat();
        assert_eq!(scene.read_right("news").unwrap(), left, "{change}");
    }
}

/// Events that are lost at the beginning, at the end, and all of them.
#[test]
fn several_lost_events_are_one_gap() {
    for change in ["DELETE FROM events", "UPDATE events SET value = x'00'"] {
        for (lost, left) in [
            ("seq <= 3", vec![4]),
            ("seq >= 3", vec![1, 2]),
            ("seq <> 2", vec![2]),
            ("seq > 0", vec![]),
        ] {
            let scene = Scene::new();
            scene.execute(&format!("{change} WHERE log = 1 AND {lost}"));
            assert_eq!(scene.read_right("news").unwrap(), left, "{change} {lost}");
            assert_eq!(scene.append("news", "news 5"), Some(5));
            let left = [left, vec![5]].concat();
            assert_eq!(scene.read_right("news").unwrap(), left, "{change} {lost}");
        }
    }
}

/// Whatever stands in a log's row, the store answers, gives no number twice, and gives no wrong event.
#[test]
fn a_changed_log_harms_no_other() {
    let number = ["-1", "0", "3", "100", "9223372036854775807"];
    let columns = [
        "first",
        "last",
        "bytes",
        "max_events",
        "max_bytes",
        "max_age",
        "ended",
        "in_use",
        "empty_at",
    ];
    let numbers = columns
        .iter()
        .flat_map(|column| number.map(|number| format!("{column} = {number}")));
    let others = [
        "id = 50",
        "first = 3, last = 1",
        "first = -9223372036854775807, last = 9223372036854775807",
        "name = x'00'",
        "name = randomblob(16)",
        "epoch = x'00'",
        "epoch = randomblob(8)",
        "writer = x''",
        "writer = randomblob(8)",
        "owner = x'00'",
    ];
    let changes = numbers.chain(others.map(str::to_owned));
    for (change, restarts) in changes.zip([false, true, true].into_iter().cycle()) {
        let mut scene = Scene::new();
        scene.execute(&format!("UPDATE logs SET {change} WHERE id = 1"));
        if restarts {
            scene.restart();
        }
        let store = scene.store();
        let known = [1, 2, 3, 4];
        if let Some(read) = scene.read_right("news") {
            assert!(read.iter().all(|seq| known.contains(seq)), "{change}");
        }
        if let Some(seq) = scene.append("news", "news 5") {
            assert!(seq >= 5, "{change} gave {seq} again");
        }
        block_on(store.claim(log("news"))).unwrap();
        block_on(store.open(log("news").name)).unwrap();
        // Either there is a log of the name, or there can be one.
        let created = block_on(store.create(new("news", &subject("alice"))));
        let is_there = block_on(store.open(log("news").name)).unwrap().is_some();
        assert!(is_there, "{change}: {created:?}");
        block_on(store.end(log("news"), LogEnd::Complete)).unwrap();
        block_on(store.remove(log("news"))).unwrap();
        // The other log is as it was.
        assert_eq!(scene.read_right("sport").unwrap(), known, "{change}");
        assert_eq!(scene.append("sport", "sport 5"), Some(5), "{change}");
        let counted = scene.number("SELECT value FROM state WHERE name = 'logs'");
        let there = scene.number("SELECT count(*) FROM logs");
        assert_eq!(counted, there, "{change}");
    }
}

/// D12: a log that was put under the name of another shows its events to no reader of that name.
#[test]
fn a_log_can_not_be_moved_to_another_name() {
    let scene = Scene::new();
    scene.execute("UPDATE logs SET name = CAST(x'00' || name AS BLOB) WHERE id = 1");
    let name = "(SELECT substr(name, 2) FROM logs WHERE id = 1)";
    scene.execute(&format!("UPDATE logs SET name = {name} WHERE id = 2"));
    let moved = block_on(scene.store().open(log("news").name)).unwrap();
    let moved = moved.expect("a log is found by its name");
    assert_eq!(moved.epoch, log("sport").epoch);
    let id = LogId {
        name: log("news").name,
        epoch: moved.epoch,
    };
    let read = block_on(scene.store().read(id.clone(), 0, 1_000)).unwrap();
    assert!(read.unwrap().events.is_empty());
    let appended = block_on(scene.store().append(id, "news 5".into()));
    assert_eq!(appended.unwrap(), 5);
}

/// Events that a log has left in the file don't get into the next one that has its number.
#[test]
fn a_new_log_is_empty() {
    let scene = Scene::new();
    scene.execute("DELETE FROM logs WHERE id = 2");
    let store = scene.store();
    block_on(store.create(new("tennis", &subject("bob")))).unwrap();
    assert_eq!(scene.number("SELECT max(id) FROM logs"), 2);
    assert_eq!(scene.append("tennis", "tennis 1"), Some(1));
    assert_eq!(scene.read_right("tennis").unwrap(), [1]);
}

/// A log whose bytes were counted too high goes on when its events have made room.
#[test]
fn a_log_that_was_counted_wrong_counts_right_when_it_is_empty() {
    let scene = Scene::new();
    let bytes = "SELECT bytes FROM logs WHERE id = 1";
    let before = scene.number(bytes);
    scene.execute("UPDATE logs SET bytes = 1000000000 WHERE id = 1");
    for seq in 5..=8 {
        assert_eq!(scene.append("news", &format!("news {seq}")), Some(seq));
    }
    assert_eq!(scene.number(bytes), before);
    assert_eq!(scene.read_right("news").unwrap(), [5, 6, 7, 8]);
}

/// Logs and their bytes are counted anew at each start.
#[test]
fn counts_are_right_after_a_restart() {
    for number in ["-7", "0", "9223372036854775807"] {
        let mut scene = Scene::new();
        let all = "SELECT value FROM state WHERE name = 'log_bytes'";
        let own = "SELECT sum(bytes) FROM log_owners";
        let before = scene.number(all);
        assert_eq!(scene.number(own), before);
        scene.execute(&format!("UPDATE log_owners SET bytes = {number}"));
        scene.execute("INSERT INTO log_owners VALUES (x'00', 1)");
        scene.execute(&format!(
            "UPDATE state SET value = {number} WHERE name IN ('logs', 'log_bytes')"
        ));
        scene.restart();
        assert_eq!((scene.number(all), scene.number(own)), (before, before));
        assert_eq!(
            scene.number("SELECT value FROM state WHERE name = 'logs'"),
            2
        );
        assert_eq!(scene.append("news", "news 5"), Some(5));
        for name in ["news", "sport"] {
            block_on(scene.store().remove(log(name))).unwrap();
        }
        assert_eq!(scene.number(all), 0);
        assert_eq!(scene.number("SELECT count(*) FROM log_owners"), 0);
    }
}

/// Logs that make no sense are freed when the file is opened.
#[test]
fn a_lost_log_is_freed_at_the_start() {
    let mut scene = Scene::new();
    scene.execute("UPDATE logs SET epoch = x'00' WHERE id = 1");
    scene.restart();
    assert_eq!(scene.number("SELECT count(*) FROM logs WHERE id = 1"), 0);
    assert_eq!(scene.number("SELECT count(*) FROM events WHERE log = 1"), 0);
    let counted = scene.number("SELECT value FROM state WHERE name = 'logs'");
    assert_eq!(counted, 1);
    assert_eq!(scene.read_right("sport").unwrap(), [1, 2, 3, 4]);
}
