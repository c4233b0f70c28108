//! C16: the file stays small, however much is appended and opened.
//!
//! With `SSE_GATE_SQLITE_LONG=1` the tests do fifty times as much, and print how large the process and the
//! file are after a tenth and at the end:
//! `SSE_GATE_SQLITE_LONG=1 cargo test -p sse-gate-sqlite --release --test streams bounds -- --nocapture --test-threads 1`.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

use futures_util::future::join_all;
use pollster::block_on;
use rusqlite::{Connection, OpenFlags};
use sse_gate_core::ManualClock;
use sse_gate_resume::error::AppendErrorKind;
use sse_gate_resume::{CloseReason, LogBudget, LogLimits, Logs, SessionLimits};
use sse_gate_sqlite::{Database, Durability, SqliteLogs};
use tempfile::TempDir;

use crate::stage::{Process, event, options, subject, token};

/// How many events a log may have, and how many sessions there may be.
const CAP: usize = 1_000;

/// What is left to the file beyond what it had after a tenth of the work.
const SLACK: u64 = 64 * 1024;

fn is_long() -> bool {
    env::var_os("SSE_GATE_SQLITE_LONG").is_some_and(|value| value == "1")
}

/// How much there is to do: this much, or fifty times as much.
fn much(count: usize) -> usize {
    if is_long() { count * 50 } else { count }
}

/// A process whose file another connection looks into.
struct Scene {
    process: Process,
    clock: ManualClock,
    path: PathBuf,
    _folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
        let path = folder.path().join("a.db");
        let options = options(&clock).with_durability(Durability::Normal);
        let database = Database::open(&path, options).unwrap();
        let logs = LogLimits::default().with_max_events(CAP);
        let sessions = SessionLimits::default().with_max(CAP);
        let process = Process::on(database, &clock, (logs, LogBudget::default()), sessions);
        Self {
            process,
            clock,
            path,
            _folder: folder,
        }
    }

    /// The result of a query for a number.
    fn number(&self, sql: &str) -> u64 {
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let number = connection.unwrap().query_row(sql, [], |row| row.get(0));
        u64::try_from(number.unwrap_or(-1_i64)).unwrap()
    }

    fn rows(&self, table: &str) -> u64 {
        self.number(&format!("SELECT count(*) FROM {table}"))
    }

    /// How many bytes the file has, with what is still in its write-ahead log.
    fn bytes(&self) -> u64 {
        self.number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    }

    /// Prints the sizes of a long run.
    #[expect(clippy::print_stdout, reason = "a long run is there to be read")]
    fn report(&self, done: usize, things: &str) {
        if is_long() {
            let wal = fs::metadata(self.path.with_extension("db-wal")).unwrap();
            println!(
                "after {done} {things}: file {} KiB, write-ahead log {} KiB, process {} KiB",
                self.bytes() / 1024,
                wal.len() / 1024,
                resident_kib().unwrap_or(0),
            );
        }
    }

    /// Asserts that all that is counted in the file is there.
    fn assert_counted(&self) {
        let counted = "SELECT value FROM state WHERE name = 'log_bytes'";
        let there = "SELECT coalesce(sum(len + 64), 0) FROM events";
        assert_eq!(self.number(counted), self.number(there), "all bytes");
        let held = "SELECT coalesce(sum(last + 1 - first), 0) FROM logs";
        assert_eq!(self.number(held), self.rows("events"), "all events");
    }
}

/// The memory of this process, as Linux counts it.
fn resident_kib() -> Option<u64> {
    let statm = fs::read_to_string(Path::new("/proc/self/statm")).ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4)
}

/// Waits until it is so.
fn eventually(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < deadline, "it does not happen");
        thread::yield_now();
    }
}

/// C16: a log has no more rows than it may have events, and its file stops growing when it is full.
#[test]
fn a_bounded_log_keeps_the_file_bounded() {
    const AT_ONCE: usize = 100;
    let scene = Scene::new();
    let log = block_on(scene.process.logs.create()).unwrap();
    let data = "x".repeat(100);
    let appends = much(20_000);
    let mut after_a_tenth = 0;
    for group in 1..=appends / AT_ONCE {
        let event = event(&data);
        let appended = block_on(join_all((0..AT_ONCE).map(|_| log.append(&event))));
        assert!(appended.iter().all(Result::is_ok));
        if group * AT_ONCE == appends / 10 {
            after_a_tenth = scene.bytes();
            scene.report(appends / 10, "appends");
        }
    }
    scene.report(appends, "appends");
    assert_eq!(scene.rows("events"), CAP as u64);
    scene.assert_counted();
    let bytes = scene.bytes();
    assert!(
        bytes <= after_a_tenth + SLACK,
        "{after_a_tenth} became {bytes}"
    );
}

/// C16: sessions that are over stay below the cap of all, and their own logs are gone.
#[test]
fn sessions_that_were_closed_stay_below_the_cap() {
    let scene = Scene::new();
    let process = &scene.process;
    let sessions = much(2_000);
    let mut at_the_cap = 0;
    for number in 1..=sessions {
        let log = block_on(process.logs.create_for(&subject("alice"))).unwrap();
        block_on(log.append(&event("1"))).unwrap();
        let client = process.open("alice", number as u64, &log).unwrap();
        let closed = process
            .sessions
            .close(token(number as u64), CloseReason::Revoked);
        assert!(block_on(closed).unwrap());
        drop((client, log));
        if number == (sessions / 10).max(CAP + CAP / 10) {
            at_the_cap = scene.bytes();
            scene.report(number, "sessions");
        }
    }
    assert_eq!(scene.rows("sessions"), CAP as u64);
    assert_eq!(scene.rows("session_counts"), 0);
    eventually(|| scene.rows("logs") == 0);
    assert_eq!(scene.rows("events"), 0);
    assert_eq!(scene.rows("log_owners"), 0);
    scene.report(sessions, "sessions");
    scene.assert_counted();
    let bytes = scene.bytes();
    assert!(bytes <= at_the_cap + SLACK, "{at_the_cap} became {bytes}");
}

/// C16: an append that is refused because other logs have all the room changes nothing. The events of its
/// log were once dropped, but not counted out of the log, and so they were counted out of the store again
/// and again. The bound of a subject is not one of logs that belong to none.
#[test]
fn a_refused_append_changes_nothing() {
    let scene = Scene::new();
    let store = SqliteLogs::new(&scene.process.database).with_max_bytes(4_096, 0);
    let logs = Logs::default()
        .with_store(store)
        .with_clock(scene.clock.clone());
    let (small, large) = (
        block_on(logs.create()).unwrap(),
        block_on(logs.create()).unwrap(),
    );
    let data = "x".repeat(300);
    block_on(small.append(&event("1"))).unwrap();
    for _ in 0..20 {
        block_on(large.append(&event(&data))).unwrap();
    }
    let events = scene.rows("events");
    for _ in 0..3 {
        let refused = block_on(small.append(&event(&"x".repeat(2_000)))).unwrap_err();
        assert_eq!(refused.kind(), AppendErrorKind::NoRoom);
        assert_eq!(scene.rows("events"), events);
        scene.assert_counted();
    }
    assert_eq!(block_on(small.append(&event("2"))).unwrap(), 2);
    scene.assert_counted();
}
