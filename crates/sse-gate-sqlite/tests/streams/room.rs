//! C16: the bounds of logs are exact, to the byte and the millisecond.

use std::time::{Duration, Instant};

use pollster::block_on;
use rusqlite::Connection;
use sse_gate_core::ManualClock;
use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::{LogEpoch, LogId, LogName, LogStore, NewLog};
use sse_gate_resume::error::{AppendErrorKind, LogErrorKind};
use sse_gate_sqlite::{Database, Durability, SqliteLogs};
use tempfile::TempDir;

use crate::stage::{options, subject};

/// What an event counts beside its bytes.
const OVERHEAD: usize = 64;

struct Scene {
    database: Database,
    clock: ManualClock,
    folder: TempDir,
}

fn log(number: u8) -> LogId {
    LogId {
        name: LogName::new(format!("topic/{number}")).unwrap(),
        epoch: LogEpoch::from_bytes([number; 8]),
    }
}

impl Scene {
    fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
        clock.advance(Duration::from_secs(3_600));
        let options = options(&clock).with_durability(Durability::Normal);
        Self {
            database: Database::open(folder.path().join("a.db"), options).unwrap(),
            clock,
            folder,
        }
    }

    fn store(&self) -> SqliteLogs {
        SqliteLogs::new(&self.database)
    }

    fn create(&self, number: u8, limits: LogLimits, owner: Option<&str>) {
        let new = NewLog::new(log(number), limits, owner.map(subject));
        block_on(self.store().create(new)).unwrap();
    }

    /// The first and the last event of a log, by what can be read.
    fn bounds(&self, number: u8) -> (u64, usize) {
        let read = block_on(self.store().read(log(number), 0, 1_000_000)).unwrap();
        let read = read.unwrap();
        (read.bounds.first, read.events.len())
    }

    fn number(&self, sql: &str) -> i64 {
        let connection = Connection::open(self.folder.path().join("a.db")).unwrap();
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn execute(&self, sql: &str) {
        let connection = Connection::open(self.folder.path().join("a.db")).unwrap();
        assert_eq!(connection.execute(sql, []).unwrap(), 1);
    }
}

fn append(store: &SqliteLogs, number: u8, len: usize) -> Result<u64, AppendErrorKind> {
    let appended = block_on(store.append(log(number), vec![b'x'; len].into()));
    appended.map_err(|error| error.kind())
}

/// An event may be as large as its log, and not larger.
#[test]
fn an_event_may_fill_its_log() {
    let scene = Scene::new();
    scene.create(1, LogLimits::default().with_max_bytes(100), None);
    let store = scene.store();
    assert_eq!(append(&store, 1, 100), Ok(1));
    assert_eq!(append(&store, 1, 101), Err(AppendErrorKind::TooLarge));
    assert_eq!(append(&store, 1, 100), Ok(2));
    assert_eq!(scene.bounds(1), (2, 1));
}

/// A log holds as many events and bytes as it may, and not one more.
#[test]
fn a_log_is_as_full_as_it_may_be() {
    let scene = Scene::new();
    scene.create(1, LogLimits::default().with_max_events(3), None);
    scene.create(2, LogLimits::default().with_max_bytes(30), None);
    let store = scene.store();
    for number in [1, 2] {
        for seq in 1..=5 {
            assert_eq!(append(&store, number, 10), Ok(seq));
            assert_eq!(scene.bounds(number).1 as u64, seq.min(3));
        }
        assert_eq!(scene.bounds(number), (3, 3));
    }
    // One of 11 bytes needs the room of two.
    assert_eq!(append(&store, 2, 11), Ok(6));
    assert_eq!(scene.bounds(2), (5, 2));
    let bytes = scene.number("SELECT sum(len + 64) FROM events");
    let counted = scene.number("SELECT value FROM state WHERE name = 'log_bytes'");
    assert_eq!(counted, bytes);
    assert_eq!(scene.number("SELECT sum(bytes) FROM logs"), 30 + 21);
}

/// Together the logs have as many bytes as they may, and not one more.
#[test]
fn all_logs_are_as_full_as_they_may_be() {
    let cost = 10 + OVERHEAD;
    for (owner, in_all, of_one) in [(None, 4 * cost, 0), (Some("alice"), 100 * cost, 4 * cost)] {
        let scene = Scene::new();
        let store = scene.store().with_max_bytes(in_all, of_one);
        for number in [1, 2, 3] {
            scene.create(number, LogLimits::default(), owner);
        }
        for (number, seq) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
            assert_eq!(append(&store, number, 10), Ok(seq));
        }
        assert_eq!((scene.bounds(1), scene.bounds(2)), ((1, 2), (1, 2)));
        // A log without events of its own can make no room, and the others keep theirs.
        assert_eq!(append(&store, 3, 0), Err(AppendErrorKind::NoRoom));
        // One event of its own is not enough for this one.
        assert_eq!(append(&store, 1, 11), Ok(3));
        assert_eq!(scene.bounds(1), (3, 1));
        // All of its own are just enough for this one, and not for one byte more.
        let all = 2 * cost - OVERHEAD;
        assert_eq!(append(&store, 1, all + 1), Err(AppendErrorKind::NoRoom));
        assert_eq!(append(&store, 1, all), Ok(4));
        assert_eq!((scene.bounds(1), scene.bounds(2)), ((4, 1), (1, 2)));
        let own = scene.number("SELECT coalesce(sum(bytes), 0) FROM log_owners");
        let expected = if owner.is_some() { 4 * cost } else { 0 };
        assert_eq!(own, i64::try_from(expected).unwrap());
    }
}

/// An event is there until its age is that of the log, for readers, for appends and for those that open it.
#[test]
fn an_event_goes_with_its_age() {
    let age = Duration::from_secs(10);
    let scene = Scene::new();
    let store = scene.store();
    for number in [1, 2] {
        scene.create(
            number,
            LogLimits::default().with_max_age(age),
            Some("alice"),
        );
        assert_eq!(append(&store, number, 10), Ok(1));
    }
    scene.clock.advance(Duration::from_millis(9_999));
    assert_eq!(append(&store, 1, 10), Ok(2));
    assert_eq!(scene.bounds(1), (1, 2));
    let opened = block_on(store.open(log(2).name)).unwrap().unwrap();
    assert_eq!((opened.bounds.first, opened.bounds.last), (1, 1));
    scene.clock.advance(Duration::from_millis(1));
    assert_eq!(scene.bounds(1), (2, 1));
    assert_eq!(
        scene.number("SELECT count(*) FROM events"),
        3,
        "it is not dropped yet"
    );
    let opened = block_on(store.open(log(2).name)).unwrap().unwrap();
    assert_eq!((opened.bounds.first, opened.bounds.last), (2, 1));
    assert_eq!(append(&store, 1, 10), Ok(3));
    assert_eq!(scene.number("SELECT count(*) FROM events"), 2);
    let own = scene.number("SELECT sum(bytes) FROM log_owners");
    assert_eq!(own, 2 * 74);
    assert_eq!(scene.number("SELECT bytes FROM logs WHERE id = 2"), 0);
}

/// A log whose row makes no sense does not keep its name from a new one. One that does, does.
#[test]
fn a_new_log_takes_the_name_of_a_lost_one() {
    let scene = Scene::new();
    let new = || NewLog::new(log(1), LogLimits::default(), None);
    block_on(scene.store().create(new())).unwrap();
    assert_eq!(append(&scene.store(), 1, 10), Ok(1));
    let refused = block_on(scene.store().create(new())).unwrap_err();
    assert_eq!(refused.kind(), LogErrorKind::Exists);
    scene.execute("UPDATE logs SET first = -1");
    block_on(scene.store().create(new())).unwrap();
    assert_eq!(scene.bounds(1), (1, 0));
    assert_eq!(scene.number("SELECT count(*) FROM logs"), 1);
    assert_eq!(
        scene.number("SELECT value FROM state WHERE name = 'logs'"),
        1
    );
    assert_eq!(append(&scene.store(), 1, 10), Ok(1));
}

/// Reading stops when it has as many bytes as were asked for, and gives one event at least.
#[test]
fn a_read_is_not_much_longer_than_asked() {
    let scene = Scene::new();
    let store = scene.store();
    scene.create(1, LogLimits::default(), None);
    for seq in 1..=10 {
        assert_eq!(append(&store, 1, 1_000), Ok(seq));
    }
    for (after, max, events) in [
        (0, 0, 1),
        (0, 1, 1),
        (3, 1_000, 1),
        // A sealed event is longer by 41 bytes.
        (0, 2_082, 2),
        (0, 2_083, 3),
        (0, 2_500, 3),
        (8, 9_000, 2),
    ] {
        let read = block_on(store.read(log(1), after, max)).unwrap().unwrap();
        assert_eq!((read.first, read.events.len()), (after + 1, events));
    }
}

/// E13: a log that was not opened since the start is freed when its events are too old, though nothing else happens.
#[test]
fn an_idle_database_frees_logs_that_are_out_of_use() {
    for late in [Duration::ZERO, Duration::from_secs(1)] {
        let mut scene = Scene::new();
        scene.create(1, LogLimits::default(), Some("alice"));
        append(&scene.store(), 1, 10).unwrap();
        scene.database.close().unwrap();
        let options = options(&scene.clock).with_durability(Durability::Normal);
        scene.database = Database::open(scene.folder.path().join("a.db"), options).unwrap();
        assert_eq!(scene.number("SELECT count(*) FROM logs"), 1);
        scene.clock.advance(LogLimits::default().max_age() + late);
        let deadline = Instant::now() + Duration::from_secs(30);
        while scene.number("SELECT count(*) FROM logs") > 0 {
            assert!(Instant::now() < deadline, "it is never freed");
            std::thread::sleep(Duration::from_millis(2));
        }
        let left = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM log_owners)";
        assert_eq!(scene.number(left), 0);
    }
}
