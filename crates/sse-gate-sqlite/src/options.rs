//! How to open a database: [`DatabaseOptions`].

use std::sync::Arc;

use sse_gate_core::{Clock, Entropy, SystemClock, SystemEntropy};

use crate::{Durability, SealingKeys};

/// How many operations may wait by default.
const QUEUE: usize = 1_024;

/// How to open a [`Database`](crate::Database): sealed with keys, or unsealed; how durable; how busy.
///
/// ```
/// use sse_gate_sqlite::{DatabaseOptions, Durability, SealingKey, SealingKeys};
///
/// # let secret = [7; 32];
/// // The secret is 32 random bytes, from a file or a vault.
/// let options = DatabaseOptions::sealed(SealingKeys::new(SealingKey::new(secret)))
///     .with_durability(Durability::Normal)
///     .with_queue(4_096);
/// # let _ = options;
/// ```
#[derive(Debug)]
pub struct DatabaseOptions {
    pub(crate) keys: Option<SealingKeys>,
    pub(crate) durability: Durability,
    pub(crate) queue: usize,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl DatabaseOptions {
    /// Seals all values with these keys.
    ///
    /// Someone who reads the file learns no subject and no payload, only how many entries there are,
    /// which of them belong together, how large they are and when they end. Someone who writes to it can
    /// delete entries, and put back an old copy of an entry that has not ended yet. A forged, changed or
    /// moved entry is refused.
    ///
    /// Whether a file is sealed is decided when it is made. It can't be opened in the other way later.
    ///
    /// ```
    /// use sse_gate_sqlite::{Database, DatabaseErrorKind, DatabaseOptions, SealingKey, SealingKeys};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("sse-gate.db");
    /// # let secret = [7; 32];
    /// let keys = SealingKeys::new(SealingKey::new(secret));
    /// Database::open(&path, DatabaseOptions::sealed(keys))?.close()?;
    ///
    /// let error = Database::open(&path, DatabaseOptions::unsealed()).unwrap_err();
    /// assert_eq!(error.kind(), DatabaseErrorKind::WrongKeys);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sealed(keys: SealingKeys) -> Self {
        Self::new(Some(keys))
    }

    /// Seals nothing. Subjects and payloads stand in the file in clear, and someone who can write to the
    /// file can make tokens.
    ///
    /// Tokens themselves are never in the file, sealed or not. The file belongs to the user of the
    /// process, who alone can read it (mode 0600).
    ///
    /// ```
    /// use sse_gate_core::{GrantRequest, Limits, Resource, Subject, TokenGate};
    /// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteTokens};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("sse-gate.db");
    /// # pollster::block_on(async {
    /// let database = Database::open(&path, DatabaseOptions::unsealed())?;
    /// let gate = TokenGate::new(SqliteTokens::new(&database, Limits::default()));
    /// let request = GrantRequest::new(Subject::new("alice@example.com")?, Resource::new(["feed"])?);
    /// let issued = gate.issue(request).await?;
    /// database.close()?;
    ///
    /// let file = std::fs::read(&path)?;
    /// let shows = |text: &str| file.windows(text.len()).any(|part| part == text.as_bytes());
    /// assert!(shows("alice@example.com"));
    /// assert!(!shows(issued.token().expose()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unsealed() -> Self {
        Self::new(None)
    }

    fn new(keys: Option<SealingKeys>) -> Self {
        Self {
            keys,
            durability: Durability::default(),
            queue: QUEUE,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// Sets what an answered operation survives. [`Durability::Full`] by default.
    ///
    /// It is a setting of the process and not of the file: the next start may choose another one.
    ///
    /// ```
    /// use sse_gate_sqlite::{Database, DatabaseOptions, Durability};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("sse-gate.db");
    /// for durability in [Durability::Normal, Durability::Full] {
    ///     let options = DatabaseOptions::unsealed().with_durability(durability);
    ///     Database::open(&path, options)?.close()?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Sets how many operations may wait for the thread that writes, and as many for the one that reads.
    /// 1,024 by default, at least 1. One more is refused with
    /// [`DatabaseErrorKind::Busy`](crate::DatabaseErrorKind::Busy).
    ///
    /// An operation that waits holds its entry: with the default and payloads of 64 KiB that is 64 MiB at
    /// most. One transaction takes up to 256 of them, so a disk that flushes in 5 ms serves a full queue
    /// in some 20 ms.
    ///
    /// ```
    /// use sse_gate_core::{GrantRequest, IssueErrorKind, Limits, Resource, Subject, TokenGate};
    /// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteTokens};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("sse-gate.db");
    /// # pollster::block_on(async {
    /// let database = Database::open(path, DatabaseOptions::unsealed().with_queue(1))?;
    /// let gate = TokenGate::new(SqliteTokens::new(&database, Limits::default()));
    /// let feed = Resource::new(["feed"])?;
    /// let requests = (0..200).map(|number| {
    ///     let subject = Subject::new(format!("user-{number}")).expect("it is a name");
    ///     gate.issue(GrantRequest::new(subject, feed.clone()))
    /// });
    /// // Each is let in or refused at once. None waits for a place in the queue.
    /// let outcomes = futures_util::future::join_all(requests).await;
    /// let refused: Vec<_> = outcomes.iter().filter_map(|it| it.as_ref().err()).collect();
    /// assert!(refused.len() < 200);
    /// assert!(refused.iter().all(|it| it.kind() == IssueErrorKind::StoreUnavailable));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_queue(mut self, max: usize) -> Self {
        self.queue = max.max(1);
        self
    }

    /// Sets the clock. The system's by default. Give the gate the same one.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate_core::{GrantRequest, Limits, ManualClock, Resource, Subject, TokenGate};
    /// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteTokens};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("tokens.db");
    /// # pollster::block_on(async {
    /// let clock = ManualClock::default();
    /// let options = DatabaseOptions::unsealed().with_clock(clock.clone());
    /// let tokens = SqliteTokens::new(&Database::open(path, options)?, Limits::default());
    /// let gate = TokenGate::builder(tokens).with_clock(clock.clone()).build();
    /// let feed = Resource::new(["feed"])?;
    /// let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
    ///
    /// clock.advance(Duration::from_secs(60));
    /// assert!(gate.redeem(issued.token().expose(), &feed).await.is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the source of randomness, for the file's own key and for nonces. The system's by default. If it
    /// fails, nothing is sealed, and the operation is refused.
    ///
    /// ```
    /// use sse_gate_core::{Entropy, EntropyError};
    /// use sse_gate_sqlite::{Database, DatabaseErrorKind, DatabaseOptions};
    ///
    /// #[derive(Debug)]
    /// struct NoEntropy;
    ///
    /// impl Entropy for NoEntropy {
    ///     fn fill(&self, _: &mut [u8; 32]) -> Result<(), EntropyError> {
    ///         Err(EntropyError::new("no device"))
    ///     }
    /// }
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("tokens.db");
    /// let options = DatabaseOptions::unsealed().with_entropy(NoEntropy);
    /// let error = Database::open(path, options).unwrap_err();
    /// assert_eq!(error.kind(), DatabaseErrorKind::NoEntropy);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }
}
