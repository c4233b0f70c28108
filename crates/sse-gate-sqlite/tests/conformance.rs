//! Every law of `TokenStore`, sealed and unsealed.

use std::time::Duration;

use sse_gate_core::conformance::Backend;
use sse_gate_core::{Limits, ManualClock};
use sse_gate_sqlite::{
    Database, DatabaseOptions, Durability, SealingKey, SealingKeys, SqliteTokens,
};
use tempfile::TempDir;

/// A file of its own for each check. The checks are not about power cuts, so nothing is flushed.
struct Unsealed {
    folder: TempDir,
    clock: ManualClock,
}

impl Unsealed {
    fn open(&self, options: DatabaseOptions, limits: Limits) -> SqliteTokens {
        let options = options
            .with_durability(Durability::Normal)
            .with_clock(self.clock.clone());
        let database = Database::open(self.folder.path().join("tokens.db"), options);
        SqliteTokens::new(&database.expect("a new file can be made"), limits)
    }
}

impl Backend for Unsealed {
    type Store = SqliteTokens;

    fn set_up() -> Self {
        Self {
            folder: TempDir::new().expect("a folder can be made"),
            clock: ManualClock::default(),
        }
    }

    async fn store(&self, limits: Limits) -> SqliteTokens {
        self.open(DatabaseOptions::unsealed(), limits)
    }

    async fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    fn set_wall_ahead(&self, span: Duration) {
        self.clock.set_wall_ahead(span);
    }

    fn set_wall_back(&self, span: Duration) {
        self.clock.set_wall_back(span);
    }
}

struct Sealed(Unsealed);

impl Backend for Sealed {
    type Store = SqliteTokens;

    fn set_up() -> Self {
        Self(Unsealed::set_up())
    }

    async fn store(&self, limits: Limits) -> SqliteTokens {
        let keys = SealingKeys::new(SealingKey::new([7; 32]));
        self.0.open(DatabaseOptions::sealed(keys), limits)
    }

    async fn advance(&self, span: Duration) {
        self.0.advance(span).await;
    }

    fn set_wall_ahead(&self, span: Duration) {
        self.0.set_wall_ahead(span);
    }

    fn set_wall_back(&self, span: Duration) {
        self.0.set_wall_back(span);
    }
}

sse_gate_core::token_store_conformance!(unsealed: Unsealed);
sse_gate_core::token_store_conformance!(sealed: Sealed);
