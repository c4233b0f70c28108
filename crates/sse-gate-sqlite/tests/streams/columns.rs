//! D12: the columns of a session's row are compared with its record, whether the file is sealed or not.

use std::path::{Path, PathBuf};

use pollster::block_on;
use sse_gate_core::ManualClock;
use sse_gate_resume::backend::{SessionKey, SessionStore, StoredSession};
use sse_gate_resume::{CloseReason, LogBudget, LogLimits, SessionLimits};
use sse_gate_sqlite::{Database, DatabaseOptions, SqliteSessions};
use tempfile::TempDir;

use crate::stage::{Client, Process, Stranger, token};

/// What is done to the row of alice's session. The record in the row stays as it was.
const CHANGES: [&str; 10] = [
    "token = randomblob(32)",
    "subject = x'00'",
    "subject = (SELECT subject FROM sessions WHERE token = ?2)",
    "version = 9223372036854775807",
    "closed = 7",
    "ends_at = ends_at + 1",
    "ends_at = ends_at - 1",
    "idle = idle + 1",
    "is_waiting = 1",
    "is_waiting = 2",
];

/// A process with an unsealed file, in which alice and mallory have a session each.
struct Scene {
    process: Process,
    clock: ManualClock,
    path: PathBuf,
    stranger: Stranger,
    clients: Option<[Client; 2]>,
    _folder: TempDir,
}

fn start(path: &Path, clock: &ManualClock) -> Process {
    let options = DatabaseOptions::unsealed().with_clock(clock.clone());
    let database = Database::open(path, options).unwrap();
    let logs = (LogLimits::default(), LogBudget::default());
    Process::on(database, clock, logs, SessionLimits::default())
}

impl Scene {
    fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
        let path = folder.path().join("a.db");
        let process = start(&path, &clock);
        let clients = [("alice", 1), ("mallory", 2)].map(|(name, number)| {
            let log = block_on(process.logs.create()).unwrap();
            process.open(name, number, &log).unwrap()
        });
        Self {
            process,
            clock,
            stranger: Stranger::of(&path),
            path,
            clients: Some(clients),
            _folder: folder,
        }
    }

    fn store(&self) -> SqliteSessions {
        SqliteSessions::new(&self.process.database, SessionLimits::default())
    }

    fn load(&self, key: SessionKey) -> Option<StoredSession> {
        block_on(self.store().load(key)).unwrap()
    }

    fn alice(&self) -> StoredSession {
        self.load(SessionKey::Token(token(1))).unwrap()
    }
}

/// No seal shows the change of a column, and the row contradicts its record all the same.
#[test]
fn a_row_that_contradicts_its_record_is_lost() {
    for change in CHANGES {
        let scene = Scene::new();
        let id = scene.alice().id;
        scene.stranger.change("value = value");
        assert!(scene.load(SessionKey::Id(id)).is_some(), "{change}");
        scene.stranger.change(change);
        assert!(scene.load(SessionKey::Id(id)).is_none(), "{change}");
    }
}

/// The end of a session that had a client is moved when its process has died. That of a session that was waiting
/// is not, so its row must have the end of its record.
#[test]
fn a_session_that_waited_keeps_its_end_over_a_restart() {
    for (change, is_found) in [("value = value", true), ("ends_at = ends_at - 1", false)] {
        let mut scene = Scene::new();
        drop(scene.clients.take());
        while scene.alice().record.is_attached() {
            std::thread::yield_now();
        }
        let id = scene.alice().id;
        scene.process.database.close().unwrap();
        scene.process = start(&scene.path, &scene.clock);
        scene.stranger.change(change);
        let found = scene.load(SessionKey::Id(id));
        assert_eq!(found.is_some(), is_found, "{change}");
    }
}

/// A session that is closed can be changed. It keeps its place among the closed ones, and is not counted out
/// of its subject's a second time.
#[test]
fn a_closed_session_can_be_swapped() {
    let scene = Scene::new();
    let first = scene.alice();
    let mut record = first.record.clone();
    assert!(record.close(CloseReason::Idle));
    let swap = |from| block_on(scene.store().swap(from, record.clone())).unwrap();
    assert!(swap(&first));
    let closed = "SELECT closed FROM sessions WHERE closed IS NOT NULL";
    let place = scene.stranger.number(closed);
    assert!(!swap(&first), "the version has changed");
    assert!(swap(&scene.alice()));
    assert_eq!(scene.alice().version, first.version + 2);
    assert_eq!(scene.stranger.number(closed), place);
    assert_eq!(
        scene
            .stranger
            .number("SELECT sum(sessions) FROM session_counts"),
        1,
        "mallory's"
    );
}

/// A subject whose sessions were counted wrong is counted anew when it has too many, so no newcomer is kept out.
#[test]
fn a_wrong_count_keeps_no_newcomer_out() {
    let scene = Scene::new();
    let count = "UPDATE session_counts SET sessions = 1000000";
    assert_eq!(scene.stranger.connect().execute(count, []).unwrap(), 2);
    let log = block_on(scene.process.logs.create()).unwrap();
    let newcomer = scene.process.open("alice", 3, &log);
    assert!(newcomer.is_ok(), "{:?}", newcomer.err());
    let counted = "SELECT min(sessions) FROM session_counts";
    assert_eq!(scene.stranger.number(counted), 2);
}
