//! What a restart keeps: [`Data`].

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use rand::TryRng;
use rand::rngs::SysRng;
use sse_gate::core::Limits;
use sse_gate::sessions::{ResumeKey, SessionLimits, Sessions};
use sse_gate::{Gate, GateBuilder, Logs, ResumeKeys};
use sse_gate_sqlite::{
    Database, DatabaseOptions, SealingKey, SealingKeys, SqliteLogs, SqliteSessions, SqliteTokens,
};
use zeroize::Zeroizing;

use super::SetupError;

/// The length of each secret.
const LEN: usize = 32;

/// How many secrets the folder has.
const SECRETS: usize = 3;

/// A folder with a database of tokens, sessions, answers and topics, and with the secrets that open it.
#[derive(Debug)]
pub(super) struct Data {
    database: Database,
    logs: Logs,
    secrets: Secrets,
}

/// Three secrets, one behind the other: what seals the database, what makes resume ids, and what signs
/// JWTs.
struct Secrets(Zeroizing<[u8; SECRETS * LEN]>);

impl Data {
    /// Opens the folder, or makes it, with new secrets.
    ///
    /// # Errors
    ///
    /// Another server uses the folder, or it can't be read or written.
    pub(super) fn open(folder: &Path) -> Result<Self, SetupError> {
        fs::create_dir_all(folder)?;
        let secrets = Secrets::open(&folder.join("secrets"))?;
        let keys = SealingKeys::new(SealingKey::new(secrets.get(0)));
        let database = Database::open(folder.join("demo.db"), DatabaseOptions::sealed(keys))?;
        let logs = Logs::default().with_store(SqliteLogs::new(&database));
        Ok(Self {
            database,
            logs,
            secrets,
        })
    }

    pub(super) fn gate(&self, builder: GateBuilder, limits: Limits) -> Gate {
        builder.build(SqliteTokens::new(&self.database, limits))
    }

    pub(super) fn sessions(&self, limits: SessionLimits) -> Result<Sessions, SetupError> {
        let keys = ResumeKeys::new(ResumeKey::new('d', self.secrets.get(1))?);
        let store = SqliteSessions::new(&self.database, limits);
        Ok(Sessions::new(store, keys).with_logs(&self.logs))
    }

    pub(super) fn logs(&self) -> Logs {
        self.logs.clone()
    }

    /// The secret with which JWTs are signed, unless another one is given.
    pub(super) fn jwt_secret(&self) -> [u8; LEN] {
        self.secrets.get(2)
    }
}

impl Secrets {
    /// Reads the file, or makes it. Only its owner can read it.
    fn open(path: &Path) -> Result<Self, SetupError> {
        let mut secrets = Zeroizing::new([0; SECRETS * LEN]);
        if path.exists() {
            let bytes = Zeroizing::new(fs::read(path)?);
            let bytes: &[u8; SECRETS * LEN] = bytes
                .as_slice()
                .try_into()
                .map_err(|_| format!("{} does not hold three secrets", path.display()))?;
            secrets.copy_from_slice(bytes);
        } else {
            SysRng.try_fill_bytes(&mut *secrets)?;
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path)?;
            file.write_all(&*secrets)?;
            file.sync_all()?;
        }
        Ok(Self(secrets))
    }

    fn get(&self, number: usize) -> [u8; LEN] {
        std::array::from_fn(|at| self.0[number * LEN + at])
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(..)")
    }
}
