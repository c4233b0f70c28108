//! What a restart keeps, in one file: [`FileData`].

use std::fs;
use std::path::Path;

use sse_gate::core::Limits;
use sse_gate::sessions::{SessionLimits, Sessions};
use sse_gate::{Gate, GateBuilder, Logs};
use sse_gate_sqlite::{Database, DatabaseOptions, SqliteLogs, SqliteSessions, SqliteTokens};

use super::SetupError;
use super::secrets::Secrets;

/// A folder with a database of tokens, sessions, answers and topics, and with the secrets that open it.
#[derive(Debug)]
pub(in crate::http) struct FileData {
    database: Database,
    pub(super) secrets: Secrets,
}

impl FileData {
    /// Opens the folder, or makes it, with new secrets.
    ///
    /// # Errors
    ///
    /// Another server uses the folder, or it can't be read or written.
    pub(super) fn open(folder: &Path) -> Result<Self, SetupError> {
        fs::create_dir_all(folder)?;
        let secrets = Secrets::open(&folder.join("secrets"))?;
        let options = DatabaseOptions::sealed(secrets.sealing());
        let database = Database::open(folder.join("demo.db"), options)?;
        Ok(Self { database, secrets })
    }

    pub(super) fn gate(&self, builder: GateBuilder, limits: Limits) -> Gate {
        builder.build(SqliteTokens::new(&self.database, limits))
    }

    pub(super) fn sessions(&self, limits: SessionLimits) -> Result<Sessions, SetupError> {
        let store = SqliteSessions::new(&self.database, limits);
        Ok(Sessions::new(store, self.secrets.resume()?).with_logs(&self.logs()))
    }

    pub(super) fn logs(&self) -> Logs {
        Logs::default().with_store(SqliteLogs::new(&self.database))
    }
}
