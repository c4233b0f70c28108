//! The store of sessions: [`SqliteSessions`].

use std::sync::Arc;

use sse_gate_core::{SteadyTime, Subject};
use sse_gate_resume::SessionLimits;
use sse_gate_resume::backend::{
    Due, Moment, NodeId, Record, SessionEpoch, SessionId, SessionKey, SessionStore, StoredSession,
};
use sse_gate_resume::error::{SessionError, SessionErrorKind};

use crate::database::Shared;
use crate::engine::{Step, WhenAbandoned};
use crate::fault::Fault;
use crate::sessions::{self, FoundSession, OfSubject, OpenedSession, SessionRow};
use crate::{Database, DatabaseErrorKind};
use sse_gate_seal::Tag;

/// How often a session is looked for if its row is lost.
const ATTEMPTS: usize = 4;

/// Keeps sessions in a [`Database`], so that clients go on with them after a restart.
///
/// A step is answered when it is committed. The keys of the ids must be the same after the restart, and
/// the logs of the sessions must be in a store, too: [`SqliteLogs`](crate::SqliteLogs).
///
/// # What a restart does
///
/// - A client that was connected counts as away since the process was last seen, at most a second or two before
///   its end. If it does not come back within the time that its session waits, 2 min by default, the session is
///   closed as idle.
/// - A session that was closed or revoked stays so, and its client is told.
/// - An id that was used before the restart is refused after it, within the same rules.
///
/// # Example
///
/// ```
/// use sse_gate_resume::{Logs, ResumeKey, ResumeKeys, SessionLimits, Sessions};
/// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteLogs, SqliteSessions};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("sse-gate.db");
/// # let secret = [7; 32];
/// let database = Database::open(path, DatabaseOptions::unsealed())?;
/// let logs = Logs::default().with_store(SqliteLogs::new(&database));
/// // The secret is 32 random bytes, from a file or a vault.
/// let keys = ResumeKeys::new(ResumeKey::new('a', secret)?);
/// let store = SqliteSessions::new(&database, SessionLimits::default());
/// let sessions = Sessions::new(store, keys).with_logs(&logs);
/// # let _ = sessions;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # A client that goes on after a restart
///
/// ```
/// use std::future::poll_fn;
/// use std::sync::Arc;
/// use sse_gate_codec::Event;
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate, TokenKey};
/// use sse_gate_resume::{Logs, Opening, ResumeKey, ResumeKeys, SessionLimits, Sessions};
/// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteLogs, SqliteSessions};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("sse-gate.db");
/// # pollster::block_on(async {
/// let start = || -> Result<_, Box<dyn std::error::Error>> {
///     let database = Database::open(&path, DatabaseOptions::unsealed())?;
///     let logs = Logs::default().with_store(SqliteLogs::new(&database));
///     let keys = ResumeKeys::new(ResumeKey::new('a', [7; 32])?);
///     let store = SqliteSessions::new(&database, SessionLimits::default());
///     Ok((Sessions::new(store, keys).with_logs(&logs), logs, database))
/// };
/// let (sessions, logs, database) = start()?;
/// # let gate = TokenGate::new(MemoryStore::default());
/// # let chat = Resource::new(["chat"])?;
/// # let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, chat.clone())).await?;
/// # let token = issued.key();
/// let arrival = sessions.arrival().await?;
/// let grant = gate.redeem(issued.token().expose(), &chat).await?;
/// let log = Arc::new(logs.create().await?);
/// let opening = Opening::new(arrival, &grant, token, Arc::clone(&log));
/// let mut subscription = sessions.open(opening).await?;
/// log.append(&Event::new().data("one")).await?;
/// let mut bytes = bytes::BytesMut::new();
/// let mut text = String::new();
/// while !text.contains("data: one") {
///     bytes.clear();
///     poll_fn(|cx| subscription.poll_write(cx, &mut bytes)).await;
///     text += std::str::from_utf8(&bytes)?;
/// }
/// // The client keeps the last id that it has got.
/// let id = text.lines().rev().find_map(|line| line.strip_prefix("id: ")).expect("an id");
/// log.append(&Event::new().data("two")).await?;
/// database.close()?;
///
/// // The process has been started again, and the client shows its id.
/// let (sessions, _logs, _database) = start()?;
/// let resumed = sessions.resume(id, token).await?;
/// assert_eq!(resumed.log().bounds().last, 2);
///
/// // An id alone is of no use: it goes with the token that has opened the session.
/// let other = TokenKey::from_bytes([9; 32]);
/// assert!(sessions.resume(id, other).await.is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Damage
///
/// A session whose row was changed or moved in the file, or was sealed with a key that is gone, is lost. It is
/// deleted when it is found, and its place is free again.
///
/// | what asks for it | what happens |
/// |---|---|
/// | its client comes back | it is refused, as one whose session is not known |
/// | a newcomer of the same subject, at the cap | it gets the place |
/// | a sign-out, or a sweep | the other sessions are closed as if it were not there |
///
/// # Several handles
///
/// All handles on one database share its sessions. Each applies its own caps when a session is opened.
#[derive(Clone, Debug)]
pub struct SqliteSessions {
    shared: Arc<Shared>,
    limits: SessionLimits,
}

impl SqliteSessions {
    /// The sessions in a database, with these caps.
    ///
    /// Sessions that are over count among all until their time is up, so that their clients can be told. At the
    /// cap of all, the first that was closed makes room. If a later start sets lower caps, the sessions that are
    /// there stay.
    ///
    /// ```
    /// use sse_gate_resume::SessionLimits;
    /// use sse_gate_sqlite::{Database, DatabaseOptions, SqliteSessions};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("sse-gate.db");
    /// let database = Database::open(path, DatabaseOptions::unsealed())?;
    /// // A user may have four streams, in all of the service's routes together.
    /// let limits = SessionLimits::default().with_max_per_subject(4);
    /// let store = SqliteSessions::new(&database, limits);
    /// # let _ = store;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(database: &Database, limits: SessionLimits) -> Self {
        Self {
            shared: Arc::clone(database.shared()),
            limits,
        }
    }

    fn row(&self, id: SessionId, record: &Record) -> SessionRow {
        let subject = record.binding().grant.subject().as_str().as_bytes();
        SessionRow::new(id, record, self.shared.keys.tags.tag(subject))
    }

    /// The value of a row in this version.
    fn seal(
        &self,
        row: &SessionRow,
        version: i64,
        record: &Record,
    ) -> Result<Vec<u8>, SessionError> {
        let sealed = self
            .shared
            .keys
            .sealer
            .seal(&row.place(version), &record.to_bytes());
        sealed.map_err(SessionError::unavailable)
    }

    /// What the store says of a row. `None` if the row is lost.
    fn open(&self, found: &FoundSession) -> Option<StoredSession> {
        let shared = &*self.shared;
        let OpenedSession {
            id,
            version,
            record,
        } = found.open(&shared.keys, shared.node)?;
        let is_own = record.node() == shared.node;
        Some(StoredSession {
            id,
            version,
            now: found.now.to_steady(),
            node_left_at: (!is_own).then(|| shared.clock.left_at().to_steady()),
            record,
            is_recalled: false,
        })
    }

    /// Drops the rows of sessions that are lost, and counts a subject's sessions anew.
    async fn drop_lost(
        &self,
        lost: Vec<FoundSession>,
        subject: Option<Tag>,
    ) -> Result<(), SessionError> {
        let drop = move |step: &Step<'_>| {
            sessions::drop_lost(step, &lost)?;
            subject.map_or(Ok(()), |subject| {
                sessions::recount(step, subject.as_bytes())
            })
        };
        Ok(self.shared.engine.write(WhenAbandoned::Run, drop).await?)
    }

    /// Looks whether a newcomer was refused because of sessions that are lost. If so, they are gone now, and
    /// it can be tried again.
    async fn has_mended(
        &self,
        refused: SessionErrorKind,
        newcomer: &SessionRow,
    ) -> Result<bool, SessionError> {
        match refused {
            SessionErrorKind::Exists => {
                let by_id = self.load(SessionKey::Id(newcomer.id)).await?;
                let by_token = self.load(SessionKey::Token(newcomer.token)).await?;
                Ok(by_id.is_none() && by_token.is_none())
            }
            SessionErrorKind::FullForSubject => {
                let subject = newcomer.subject;
                let find = move |step: &Step<'_>| sessions::of_subject(step, subject);
                let OfSubject { rows, is_counted } = self.shared.engine.read(find).await?;
                let lost: Vec<_> = rows
                    .into_iter()
                    .filter(|row| self.open(row).is_none())
                    .collect();
                if lost.is_empty() && is_counted {
                    return Ok(false);
                }
                self.drop_lost(lost, Some(subject)).await?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn try_create(
        &self,
        row: &SessionRow,
        record: &Record,
    ) -> Result<Result<(), SessionErrorKind>, SessionError> {
        let row = row.clone();
        let value = self.seal(&row, 0, record)?;
        let epoch = sse_gate_core::Epoch::from_u64(record.binding().arrival_epoch.as_u64());
        let limits = self.limits;
        let create = move |step: &Step<'_>| sessions::create(step, limits, &row, epoch, &value);
        let engine = &self.shared.engine;
        Ok(engine.write(WhenAbandoned::Run, create).await?)
    }
}

impl SessionStore for SqliteSessions {
    fn node(&self) -> NodeId {
        self.shared.node
    }

    /// It asks no thread: this process alone changes the epoch.
    async fn moment(&self) -> Result<Moment, SessionError> {
        let shared = &*self.shared;
        if shared.engine.is_closed() {
            return Err(Fault::from(DatabaseErrorKind::Closed).into());
        }
        let now: SteadyTime = shared.clock.now().to_steady();
        Ok(Moment {
            epoch: SessionEpoch::from_u64(shared.revocations.epoch().as_u64()),
            now,
            due: Vec::new(),
        })
    }

    async fn create(&self, id: SessionId, record: Record) -> Result<(), SessionError> {
        let row = self.row(id, &record);
        let Err(refused) = self.try_create(&row, &record).await? else {
            return Ok(());
        };
        // If it can't be looked for, the newcomer is refused all the same.
        if let Ok(true) = self.has_mended(refused, &row).await {
            return Ok(self.try_create(&row, &record).await??);
        }
        Err(refused.into())
    }

    async fn load(&self, key: SessionKey) -> Result<Option<StoredSession>, SessionError> {
        for _ in 0..ATTEMPTS {
            let load = move |step: &Step<'_>| sessions::load(step, key);
            let Some(found) = self.shared.engine.read(load).await? else {
                return Ok(None);
            };
            if let Some(stored) = self.open(&found) {
                return Ok(Some(stored));
            }
            // It is dropped, unless it was changed meanwhile. Then the new one counts.
            self.drop_lost(vec![found], None).await?;
        }
        Ok(None)
    }

    async fn swap(&self, from: &StoredSession, record: Record) -> Result<bool, SessionError> {
        let Ok(version) = i64::try_from(from.version) else {
            return Ok(false);
        };
        let row = self.row(from.id, &record);
        let value = self.seal(&row, version.saturating_add(1), &record)?;
        let swap = move |step: &Step<'_>| sessions::swap(step, version, &row, &value);
        Ok(self.shared.engine.write(WhenAbandoned::Run, swap).await?)
    }

    async fn waiting(
        &self,
        subject: Subject,
        limit: usize,
    ) -> Result<Vec<SessionId>, SessionError> {
        let subject = self.shared.keys.tags.tag(subject.as_str().as_bytes());
        let waiting = move |step: &Step<'_>| sessions::waiting(step, subject, limit);
        Ok(self.shared.engine.read(waiting).await?)
    }

    async fn due(&self, limit: usize) -> Result<Due, SessionError> {
        let due = move |step: &Step<'_>| sessions::due(step, limit);
        Ok(self.shared.engine.write(WhenAbandoned::Skip, due).await?)
    }

    async fn revoke(&self, subject: Subject) -> Result<Vec<SessionId>, SessionError> {
        let subject = self.shared.keys.tags.tag(subject.as_str().as_bytes());
        let marks = self.shared.revocations.clone();
        let revoke = move |step: &Step<'_>| sessions::revoke(step, &marks, subject);
        Ok(self.shared.engine.write(WhenAbandoned::Run, revoke).await?)
    }
}
