//! The store of tokens: [`SqliteTokens`].

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{
    Cap, Entry, Epoch, Limits, StoreError, StoreErrorKind, Subject, TokenKey, TokenStore,
};

use crate::database::Shared;
use crate::engine::{Step, WhenAbandoned};
use crate::fault::Fault;
use crate::file::{Name, number};
use crate::tokens::{self, FoundToken, TokenRow};
use crate::{Database, DatabaseError, DatabaseErrorKind};

/// Keeps unused tokens in a [`Database`]. Its caps are exact, and a restart loses nothing.
///
/// A redemption is one `DELETE … RETURNING` on the one thread that writes, and is answered when it is
/// committed. So a token is redeemed at most once, over all threads and restarts.
///
/// All stores on one database share its tokens. Each applies its own limits when it inserts.
///
/// | step of the gate | what happens in the file |
/// |---|---|
/// | a token is issued | its subject's tokens are counted, and a row is inserted |
/// | a token is redeemed | its row is deleted, and its value opened after the commit |
/// | a subject signs out | the epoch goes up, the subject is noted in it, its rows are deleted |
/// | a token ends | its row is deleted later, beside other work, or when nothing else is to do |
///
/// ```
/// use sse_gate_core::{GrantRequest, IssueErrorKind, Limits, Resource, Subject, TokenGate};
/// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteTokens};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("tokens.db");
/// # pollster::block_on(async {
/// let database = Database::open(path, DatabaseOptions::unsealed())?;
/// let tokens = SqliteTokens::new(&database, Limits::default().with_tokens(1));
/// let gate = TokenGate::new(tokens);
/// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["feed"])?);
/// gate.issue(request.clone()).await?;
///
/// let error = gate.issue(request).await.unwrap_err();
/// assert!(matches!(error.kind(), IssueErrorKind::Full(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Signing out
///
/// A request for a token that was authenticated before the sign-out gets none after it, even if the process was
/// restarted between the two.
///
/// ```
/// use sse_gate_core::{GrantRequest, Limits, Resource, Subject, TokenGate};
/// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteTokens};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("tokens.db");
/// # pollster::block_on(async {
/// let database = Database::open(path, DatabaseOptions::unsealed())?;
/// let tokens = SqliteTokens::new(&database, Limits::default());
/// let gate = TokenGate::new(tokens.clone());
/// let (alice, feed) = (Subject::new("alice")?, Resource::new(["feed"])?);
/// let issued = gate.issue(GrantRequest::new(alice.clone(), feed.clone())).await?;
///
/// assert_eq!(gate.withdraw_all(&alice).await?, 1);
/// assert!(gate.redeem(issued.token().expose(), &feed).await.is_err());
/// assert_eq!(tokens.count().await?, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Damage
///
/// A token whose row was changed or moved in a sealed file can't be redeemed: it is refused as corrupt, and is
/// gone. If its end was put off, it makes room when a cap is reached.
///
/// # Time
///
/// A token ends after its time to live, by the clock of the database: see
/// [`DatabaseOptions::with_clock`](crate::DatabaseOptions::with_clock). While the file is closed, only the wall clock can
/// tell how much time has passed. If it was set back meanwhile, none has. The gate also refuses a
/// token after its date. So a token lives no longer than either of the two allows.
///
/// | what happens to a token of 60 s | how long it is good |
/// |---|---|
/// | the file is open all the time | 60 s |
/// | the process is stopped for 20 s after 10 s | 30 s more after the start |
/// | the wall clock is set ahead by an hour | it has ended |
/// | the wall clock is set back by an hour while the file is open | 60 s |
/// | the wall clock is set back while the file is closed | 60 s of open time |
#[derive(Clone, Debug)]
pub struct SqliteTokens {
    shared: Arc<Shared>,
    limits: Arc<Limits>,
}

impl SqliteTokens {
    /// The tokens in a database, with these caps.
    ///
    /// The caps are checked when an entry is inserted. If a later start sets lower ones, entries that are
    /// there already stay, and newcomers are refused until there is room.
    ///
    /// ```
    /// use sse_gate_core::Limits;
    /// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteTokens};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("tokens.db");
    /// let database = Database::open(path, DatabaseOptions::unsealed())?;
    /// let tokens = SqliteTokens::new(&database, Limits::default().with_tokens_per_subject(4));
    /// # let _ = tokens;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(database: &Database, limits: Limits) -> Self {
        Self {
            shared: Arc::clone(database.shared()),
            limits: Arc::new(limits),
        }
    }

    /// The number of entries. It includes those that have ended and were not removed yet. An idle database
    /// removes 2,048 of those a second, a busy one at least two with each operation.
    ///
    /// ```
    /// # use sse_gate_core::{GrantRequest, Limits, Resource, Subject, TokenGate};
    /// # use sse_gate_sqlite::{Database, DatabaseOptions, SqliteTokens};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("tokens.db");
    /// # pollster::block_on(async {
    /// # let database = Database::open(path, DatabaseOptions::unsealed())?;
    /// let tokens = SqliteTokens::new(&database, Limits::default());
    /// let gate = TokenGate::new(tokens.clone());
    /// gate.issue(GrantRequest::new(Subject::new("alice")?, Resource::new(["feed"])?)).await?;
    /// assert_eq!(tokens.count().await?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The queue of the thread that reads is full, the database was closed, or SQLite has failed.
    pub async fn count(&self) -> Result<usize, DatabaseError> {
        let read = self
            .shared
            .engine
            .read(|step| number(step.connection(), Name::Tokens));
        Ok(usize::try_from(read.await?).unwrap_or(0))
    }
}

impl SqliteTokens {
    /// Looks whether a newcomer was refused because of tokens that are lost. If so, they are gone now, and it
    /// can be tried again.
    async fn has_mended(&self, newcomer: &TokenRow, cap: Cap) -> Result<bool, Fault> {
        let Shared { engine, keys, .. } = &*self.shared;
        let newcomer = newcomer.clone();
        let find = move |step: &Step<'_>| tokens::later_than(step, &newcomer, cap);
        let mut lost = engine.read(find).await?;
        lost.retain(|token: &FoundToken| token.is_lost(&keys.sealer));
        if lost.is_empty() {
            return Ok(false);
        }
        let drop = move |step: &Step<'_>| tokens::drop_lost(step, &lost);
        engine.write(WhenAbandoned::Run, drop).await?;
        Ok(true)
    }
}

impl TokenStore for SqliteTokens {
    async fn insert(&self, key: TokenKey, entry: Entry, ttl: Duration) -> Result<(), StoreError> {
        let (Shared { clock, keys, .. }, limits) = (&*self.shared, Arc::clone(&self.limits));
        limits.check_payload(entry.payload_len())?;
        let row = TokenRow {
            key,
            ends_at: clock.now().saturating_add(ttl),
            subject: keys.tags.tag(entry.subject_bytes()),
            payload_len: tokens::to_number(entry.payload_len()),
        };
        let value = keys.sealer.seal(&row.place(), entry.as_bytes());
        let value = Arc::new(value.map_err(StoreError::unavailable)?);
        let epoch = entry.epoch();
        let try_insert = || {
            let (limits, row, value) = (Arc::clone(&limits), row.clone(), Arc::clone(&value));
            let insert = move |step: &Step<'_>| tokens::insert(step, &limits, &row, epoch, &value);
            self.shared.engine.write(WhenAbandoned::Skip, insert)
        };
        let Err(refused) = try_insert().await? else {
            return Ok(());
        };
        let StoreErrorKind::Full(full) = refused.kind() else {
            return Err(refused);
        };
        // If it can't be looked for, the newcomer is refused all the same.
        if let Ok(true) = self.has_mended(&row, full.cap()).await {
            return try_insert().await?;
        }
        Err(refused)
    }

    async fn take(&self, key: TokenKey) -> Result<Option<Entry>, StoreError> {
        let take = move |step: &Step<'_>| tokens::take(step, key);
        match self.shared.engine.write(WhenAbandoned::Skip, take).await? {
            Some(taken) => taken.open(&self.shared.keys.sealer).map(Some),
            None => Ok(None),
        }
    }

    async fn withdraw(&self, subject: Subject) -> Result<usize, StoreError> {
        let subject = self.shared.keys.tags.tag(subject.as_str().as_bytes());
        let marks = self.shared.marks.clone();
        let withdraw = move |step: &Step<'_>| tokens::withdraw(step, &marks, subject);
        Ok(self
            .shared
            .engine
            .write(WhenAbandoned::Run, withdraw)
            .await?)
    }

    /// It asks no thread: this process alone changes the epoch.
    async fn epoch(&self) -> Result<Epoch, StoreError> {
        if self.shared.engine.is_closed() {
            return Err(Fault::from(DatabaseErrorKind::Closed).into());
        }
        Ok(self.shared.marks.epoch())
    }
}
