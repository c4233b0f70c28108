//! What a store of sessions returns: [`Moment`], [`StoredSession`], [`Due`].

use sse_gate_core::{SteadyTime, TokenKey};

use crate::id::SessionId;
use crate::session::{Record, SessionEpoch};

/// The present, as a store sees it: [`SessionStore::moment`](super::SessionStore::moment).
///
/// ```
/// use sse_gate_core::Subject;
/// use sse_gate_resume::MemorySessions;
/// use sse_gate_resume::backend::{SessionEpoch, SessionStore};
///
/// # pollster::block_on(async {
/// let store = MemorySessions::default();
/// let before = store.moment().await?;
/// assert_eq!(before.epoch, SessionEpoch::ZERO);
///
/// // A user signs out. A token that was shown before that opens no session any more.
/// store.revoke(Subject::new("alice")?).await?;
/// let after = store.moment().await?;
/// assert!(after.epoch > before.epoch && after.now >= before.now);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// How often sessions were revoked.
    pub epoch: SessionEpoch,
    /// The store's time. It is compared with no other clock's.
    pub now: SteadyTime,
    /// A few sessions whose time is up, as [`due`](super::SessionStore::due) lists them. They are closed
    /// in the background. A store that has to look for them leaves it empty, and is asked for them
    /// about once a second.
    pub due: Vec<SessionId>,
}

/// Which session to [load](super::SessionStore::load).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKey {
    /// The session of this name.
    Id(SessionId),
    /// The session that this token has opened.
    Token(TokenKey),
}

/// A session as a store has it now.
///
/// ```
/// use sse_gate_resume::MemorySessions;
/// use sse_gate_resume::backend::{SessionId, SessionKey, SessionStore};
///
/// # pollster::block_on(async {
/// let store = MemorySessions::default();
/// let id = SessionId::from_bytes([1; 16]);
/// // A step: load, change the record, swap it in. If it was changed meanwhile, begin again.
/// while let Some(stored) = store.load(SessionKey::Id(id)).await? {
///     let mut record = stored.record.clone();
///     record.confirm(1);
///     if store.swap(&stored, record).await? {
///         break;
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct StoredSession {
    /// Its name.
    pub id: SessionId,
    /// Its record.
    pub record: Record,
    /// Changes with every change of the record.
    pub version: u64,
    /// The store's time.
    pub now: SteadyTime,
    /// If the record's [node](Record::node) is gone: when it was last seen, by the store's time.
    pub node_left_at: Option<SteadyTime>,
    /// Whether the store was not asked: it was [recalled](super::SessionStore::recall), and may be old.
    pub is_recalled: bool,
}

/// Sessions whose time is up: [`SessionStore::due`](super::SessionStore::due).
///
/// ```
/// use sse_gate_resume::MemorySessions;
/// use sse_gate_resume::backend::{Due, SessionStore};
///
/// # pollster::block_on(async {
/// let store = MemorySessions::default();
/// assert_eq!(store.due(100).await?, Due::default());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Those that are not closed yet.
    pub sessions: Vec<SessionId>,
    /// Whether there may be more, to be closed or to be forgotten.
    pub has_more: bool,
}

impl StoredSession {
    /// The record, as it is to be changed: if its node is gone, the session waits for its client.
    pub(crate) fn current(&self) -> Record {
        let mut record = self.record.clone();
        if let Some(left_at) = self.node_left_at {
            record.orphan(left_at);
        }
        record
    }
}
