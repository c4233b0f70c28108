//! Every law of `SessionStore` and `LogStore`, on a sealed file.

use std::time::Duration;

use sse_gate_core::ManualClock;
use sse_gate_resume::SessionLimits;
use sse_gate_resume::conformance::{LogBackend, SessionBackend};
use sse_gate_sqlite::{
    Database, DatabaseOptions, Durability, SealingKey, SealingKeys, SqliteLogs, SqliteSessions,
};
use tempfile::TempDir;

/// A file of its own for each check. The checks are not about power cuts, so nothing is flushed.
struct File {
    database: Database,
    clock: ManualClock,
    _folder: TempDir,
}

impl File {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let clock = ManualClock::default();
        let keys = SealingKeys::new(SealingKey::new([7; 32]));
        let options = DatabaseOptions::sealed(keys)
            .with_durability(Durability::Normal)
            .with_clock(clock.clone());
        let database = Database::open(folder.path().join("a.db"), options);
        Self {
            database: database.expect("a new file can be made"),
            clock,
            _folder: folder,
        }
    }
}

impl SessionBackend for File {
    type Store = SqliteSessions;

    fn set_up() -> Self {
        Self::new()
    }

    async fn store(&self, limits: SessionLimits) -> SqliteSessions {
        SqliteSessions::new(&self.database, limits)
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }
}

impl LogBackend for File {
    type Store = SqliteLogs;

    fn set_up() -> Self {
        Self::new()
    }

    async fn store(&self, max_logs: usize) -> SqliteLogs {
        SqliteLogs::new(&self.database).with_max_logs(max_logs)
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }
}

sse_gate_resume::session_store_conformance!(sessions: File);
sse_gate_resume::log_store_conformance!(logs: File);
