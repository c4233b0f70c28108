//! What the tests share: a folder with a file, and a clock.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use pollster::block_on;
use rusqlite::Connection;
use sse_gate_core::conformance::Sample;
use sse_gate_core::{Entry, Limits, ManualClock, TokenKey, TokenStore};
use sse_gate_sqlite::{
    Database, DatabaseError, DatabaseOptions, Durability, SealingKey, SealingKeys, SqliteTokens,
};
use tempfile::TempDir;

/// Longer than any of these tests runs, on however slow a machine.
pub(crate) const TTL: Duration = Duration::from_secs(60 * 60);

pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) clock: ManualClock,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            clock: ManualClock::default(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("tokens.db")
    }

    /// Sealed with the usual key.
    pub(crate) fn sealed(&self) -> DatabaseOptions {
        DatabaseOptions::sealed(SealingKeys::new(key(1))).with_clock(self.clock.clone())
    }

    pub(crate) fn open_with(&self, options: DatabaseOptions) -> Result<Database, DatabaseError> {
        let _no_child = SPAWNING.lock();
        Database::open(self.path(), options)
    }

    pub(crate) fn open(&self) -> Database {
        self.open_with(self.sealed().with_durability(Durability::Normal))
            .unwrap()
    }

    /// A connection of another program.
    pub(crate) fn stranger(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

pub(crate) fn key(byte: u8) -> SealingKey {
    SealingKey::new([byte; 32])
}

pub(crate) fn tokens(database: &Database) -> SqliteTokens {
    SqliteTokens::new(database, Limits::default())
}

pub(crate) fn insert(store: &SqliteTokens, subject: &str) -> TokenKey {
    let Sample { key, entry } = Sample::of(subject, 0);
    block_on(store.insert(key, entry, TTL)).unwrap();
    key
}

pub(crate) fn take(store: &SqliteTokens, key: TokenKey) -> Option<Entry> {
    block_on(store.take(key)).unwrap()
}

/// Held while a file is opened, and while a child is started: until it runs its own program, the child has
/// all files of this process, and holds their locks.
static SPAWNING: Mutex<()> = Mutex::new(());

/// Starts a child process.
#[cfg(unix)]
pub(crate) fn spawn(child: &mut std::process::Command) -> std::process::Child {
    let _no_open = SPAWNING.lock();
    child.spawn().unwrap()
}

/// Where a child process finds its file.
const FILE: &str = "SSE_GATE_SQLITE_TEST_FILE";

/// Starts this program again, to run the one test of this name with this file. The signal for files that
/// are too large is ignored there.
#[cfg(unix)]
pub(crate) fn child(test: &str, file: &std::path::Path) -> std::process::Command {
    let mut child = std::process::Command::new("sh");
    let program = std::env::current_exe().unwrap();
    child.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    child
        .arg(program)
        .args([test, "--exact", "--ignored", "--nocapture"]);
    child.env(FILE, file);
    child
}

/// The file that this process was started for.
#[cfg(unix)]
pub(crate) fn file_of_child() -> PathBuf {
    std::env::var_os(FILE).unwrap().into()
}

/// Asks again and again until it is so.
pub(crate) fn wait_until(mut is_so: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(std::time::Instant::now() < deadline, "it is never so");
        std::thread::sleep(Duration::from_millis(2));
    }
}
