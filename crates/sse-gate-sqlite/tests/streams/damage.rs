//! D12, E8: sessions whose rows were changed or moved in the file are lost. They keep nothing else from going on.

use std::path::PathBuf;
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{ManualClock, TokenKey};
use sse_gate_resume::backend::{SessionId, SessionKey, SessionStore, StoredSession};
use sse_gate_resume::error::SessionErrorKind;
use sse_gate_resume::{CloseReason, LogBudget, LogLimits, SessionLimits};
use sse_gate_sqlite::{Database, Durability, SqliteSessions};
use tempfile::TempDir;

use crate::stage::{Client, Process, Stranger, options, subject, token};

/// What is done to the row of alice's one session, so that it is lost.
const CHANGES: [&str; 22] = [
    "value = x''",
    "value = x'0100'",
    "value = substr(value, 1, 40)",
    "value = CAST(substr(value, 1, length(value) - 1) || x'00' AS BLOB)",
    "value = CAST(x'00' || substr(value, 2) AS BLOB)",
    "value = (SELECT value FROM sessions WHERE token = ?2)",
    "token = x'00'",
    "token = randomblob(32)",
    "subject = x'00'",
    "subject = (SELECT subject FROM sessions WHERE token = ?2)",
    "id = x'00'",
    "id = x''",
    "id = randomblob(16)",
    "version = version + 1",
    "version = -1",
    "version = 9223372036854775807",
    "closed = 0",
    "closed = 7",
    "ends_at = 9223372036854775807",
    "ends_at = -1",
    "idle = -1",
    "is_waiting = 2",
];

/// A process in which alice, who may have one session, has one, and mallory has another.
struct Scene {
    process: Process,
    clock: ManualClock,
    path: PathBuf,
    stranger: Stranger,
    alice: Option<Client>,
    mallory: Option<Client>,
    _folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
        let path = folder.path().join("a.db");
        let process = start(&path, &clock);
        let [alice, mallory] = [("alice", 1), ("mallory", 2)].map(|(name, number)| {
            let log = block_on(process.logs.create()).unwrap();
            Some(process.open(name, number, &log).unwrap())
        });
        Self {
            process,
            clock,
            stranger: Stranger::of(&path),
            path,
            alice,
            mallory,
            _folder: folder,
        }
    }

    fn store(&self) -> SqliteSessions {
        SqliteSessions::new(&self.process.database, limits())
    }

    fn load(&self, token: TokenKey) -> Option<StoredSession> {
        block_on(self.store().load(SessionKey::Token(token))).unwrap()
    }

    /// Both clients go away, and come back later or never.
    fn disconnect(&mut self) {
        drop((self.alice.take(), self.mallory.take()));
        for number in [1, 2] {
            while self.load(token(number)).unwrap().record.is_attached() {
                std::thread::yield_now();
            }
        }
    }

    /// Closes what is due until there is no more.
    fn sweep(&self) {
        for _ in 0..20 {
            let due = block_on(self.store().due(8)).unwrap();
            assert!(due.has_more || due.sessions.is_empty());
            for session in &due.sessions {
                let closed = self.close(*session);
                assert!(closed, "one that is listed can be closed, or is lost");
            }
            if !due.has_more {
                return;
            }
        }
        panic!("there is always more");
    }

    fn close(&self, session: SessionId) -> bool {
        let store = self.store();
        let Some(stored) = block_on(store.load(SessionKey::Id(session))).unwrap() else {
            return true;
        };
        let mut record = stored.record.clone();
        record.close(CloseReason::Idle) && block_on(store.swap(&stored, record)).unwrap()
    }

    /// The counts by which the caps work are those of the rows. Whose session it was can't be known if its
    /// subject was changed, and one that looks closed is not looked for. Their subjects are counted anew
    /// when they have too many.
    fn assert_counted(&self, change: &str) {
        let counted = "SELECT value FROM state WHERE name = 'sessions'";
        let there = "SELECT count(*) FROM sessions";
        assert_eq!(
            self.stranger.number(counted),
            self.stranger.number(there),
            "{change}: all"
        );
        if change.starts_with("subject = ") || change.starts_with("closed = ") {
            return;
        }
        let wrong = "SELECT count(*) FROM session_counts AS c WHERE sessions <> (
            SELECT count(*) FROM sessions AS s WHERE s.subject = c.subject AND closed IS NULL)";
        assert_eq!(self.stranger.number(wrong), 0, "{change}: of a subject");
    }
}

fn limits() -> SessionLimits {
    SessionLimits::default().with_max_per_subject(1)
}

fn start(path: &std::path::Path, clock: &ManualClock) -> Process {
    let options = options(clock).with_durability(Durability::Normal);
    let database = Database::open(path, options).unwrap();
    let logs = (LogLimits::default(), LogBudget::default());
    Process::on(database, clock, logs, limits())
}

/// A row that was changed is not found, and is gone when it was looked for.
#[test]
fn a_changed_session_is_lost() {
    for change in CHANGES {
        let scene = Scene::new();
        let id = scene.load(token(1)).unwrap().id;
        scene.stranger.change(change);
        let by_id = block_on(scene.store().load(SessionKey::Id(id))).unwrap();
        assert!(by_id.is_none(), "{change}");
        assert!(scene.load(token(1)).is_none(), "{change}");
        assert!(scene.load(token(2)).is_some(), "{change}");
        // It is gone if it stands where it was looked for.
        if !change.starts_with("id = ") && !change.starts_with("token = ") {
            assert_eq!(
                scene.stranger.number("SELECT count(*) FROM sessions"),
                1,
                "{change}"
            );
        }
        scene.assert_counted(change);
    }
}

/// A row that was not changed is found, before a restart and after it.
#[test]
fn an_unchanged_session_is_found() {
    let mut scene = Scene::new();
    scene.stranger.change("value = value");
    assert!(scene.load(token(1)).is_some());
    scene.alice.take().unwrap().vanish();
    for _ in 0..2 {
        scene.clock.advance(Duration::from_secs(50));
        scene.process.database.close().unwrap();
        scene.process = start(&scene.path, &scene.clock);
        assert!(scene.load(token(1)).is_some());
    }
}

/// At the cap of a subject, a lost session makes room.
#[test]
fn a_lost_session_makes_room_for_its_subject() {
    for change in CHANGES {
        let mut scene = Scene::new();
        scene.disconnect();
        scene.stranger.change(change);
        let log = block_on(scene.process.logs.create()).unwrap();
        let opened = scene.process.open("alice", 3, &log);
        assert!(opened.is_ok(), "{change}: {:?}", opened.err());
        scene.assert_counted(change);
    }
}

/// A sweep closes what is due, and ends.
#[test]
fn a_lost_session_ends_a_sweep() {
    for change in CHANGES {
        let mut scene = Scene::new();
        scene.disconnect();
        scene.stranger.change(change);
        scene.clock.advance(Duration::from_secs(60 * 60));
        scene.sweep();
        scene.process.sessions.sweep();
        scene.assert_counted(change);
        assert!(
            scene
                .load(token(2))
                .is_none_or(|it| it.record.closed().is_some())
        );
    }
}

/// A row that was put behind the time of its record does not make a sweep go on for ever.
#[test]
fn a_sweep_of_rows_that_are_not_due_ends() {
    for change in ["ends_at = -1", "closed = NULL, ends_at = -1"] {
        let mut scene = Scene::new();
        scene.disconnect();
        if change.starts_with("closed") {
            block_on(scene.process.sessions.close(token(1), CloseReason::Revoked)).unwrap();
        }
        scene.stranger.change(change);
        for _ in 0..3 {
            let due = block_on(scene.store().due(8)).unwrap();
            for session in due.sessions {
                block_on(scene.store().load(SessionKey::Id(session))).unwrap();
            }
        }
        let due = block_on(scene.store().due(8)).unwrap();
        assert!(!due.has_more, "{change}");
        scene.assert_counted(change);
    }
}

/// A sign-out closes the sessions that are left.
#[test]
fn a_lost_session_keeps_no_other_from_being_revoked() {
    for change in CHANGES {
        let scene = Scene::new();
        scene.stranger.change(change);
        for name in ["alice", "mallory"] {
            block_on(scene.process.sessions.revoke(&subject(name))).unwrap();
        }
        let mallory = scene.load(token(2)).unwrap();
        assert_eq!(
            mallory.record.closed(),
            Some(CloseReason::Revoked),
            "{change}"
        );
        scene.assert_counted(change);
    }
}

/// A row that was moved under the token or the name of a newcomer does not refuse it.
#[test]
fn a_moved_row_keeps_no_newcomer_out() {
    let scene = Scene::new();
    let moved = "UPDATE sessions SET token = ?2 WHERE token = ?1";
    let (one, three) = (token(1), token(3));
    let tokens = (one.as_bytes(), three.as_bytes());
    assert_eq!(scene.stranger.connect().execute(moved, tokens).unwrap(), 1);
    let log = block_on(scene.process.logs.create()).unwrap();
    assert!(scene.process.open("carol", 3, &log).is_ok());
    scene.assert_counted("moved");

    // One that is as it should be refuses it all the same.
    let id = scene.load(token(2)).unwrap().id;
    let record = scene.load(token(3)).unwrap().record;
    let refused = block_on(scene.store().create(id, record)).unwrap_err();
    assert_eq!(refused.kind(), SessionErrorKind::Exists);
    assert!(scene.load(token(2)).is_some());
}

/// At the cap of all, a closed session makes room, whatever number it was closed with.
#[test]
fn a_closed_session_makes_room_whatever_its_number() {
    let scene = Scene::new();
    let record = scene.load(token(1)).unwrap().record;
    let closed = scene.process.sessions.close(token(2), CloseReason::Revoked);
    assert!(block_on(closed).unwrap());
    let changed = "UPDATE sessions SET closed = -7 WHERE closed IS NOT NULL";
    assert_eq!(scene.stranger.connect().execute(changed, []).unwrap(), 1);
    scene.stranger.change("token = x'00'");
    let small = SqliteSessions::new(&scene.process.database, limits().with_max(1));
    let id = SessionId::from_bytes([9; 16]);
    block_on(small.create(id, record)).unwrap();
    assert!(scene.load(token(2)).is_none());
}

/// Sessions are counted anew at each start.
#[test]
fn counts_are_right_after_a_restart() {
    for number in ["-7", "0", "9223372036854775807"] {
        let mut scene = Scene::new();
        scene.disconnect();
        scene.process.database.close().unwrap();
        let sql = format!(
            "UPDATE session_counts SET sessions = {number};
             UPDATE state SET value = {number} WHERE name = 'sessions';
             INSERT INTO session_counts VALUES (x'00', 1)"
        );
        scene.stranger.connect().execute_batch(&sql).unwrap();
        scene.process = start(&scene.path, &scene.clock);
        scene.assert_counted(number);
        let log = block_on(scene.process.logs.create()).unwrap();
        scene.process.open("carol", 3, &log).unwrap();
        let carols = block_on(scene.process.sessions.revoke(&subject("carol")));
        assert_eq!(carols.unwrap(), 1);
        scene.assert_counted(number);
    }
}
