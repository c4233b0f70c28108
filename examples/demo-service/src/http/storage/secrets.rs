//! The secrets that all processes of the demo share: [`Secrets`].

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use rand::TryRng;
use rand::rngs::SysRng;
use sse_gate::ResumeKeys;
use sse_gate::sessions::ResumeKey;
use sse_gate_sqlite::{SealingKey, SealingKeys};
use zeroize::Zeroizing;

use super::SetupError;

/// The length of each secret.
const LEN: usize = 32;

/// How many secrets a file has.
const SECRETS: usize = 3;

/// Three secrets, one behind the other: what seals the store, what makes resume ids, and what signs JWTs.
pub(super) struct Secrets(Zeroizing<[u8; SECRETS * LEN]>);

impl Secrets {
    /// What seals the store.
    pub(super) fn sealing(&self) -> SealingKeys {
        SealingKeys::new(SealingKey::new(self.get(0)))
    }

    /// What makes resume ids.
    pub(super) fn resume(&self) -> Result<ResumeKeys, SetupError> {
        Ok(ResumeKeys::new(ResumeKey::new('d', self.get(1))?))
    }

    /// What signs JWTs, unless another secret is given.
    pub(super) fn jwt(&self) -> [u8; LEN] {
        self.get(2)
    }

    /// Reads the file, or makes it. Only its owner can read it.
    pub(super) fn open(path: &Path) -> Result<Self, SetupError> {
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
