//! A session on the server: [`SessionRow`].

use sse_gate_core::EntropyError;
use sse_gate_core::TokenKey;
use sse_gate_resume::backend::{NodeId, Record, SessionId};
use sse_gate_seal::{Place, Tag};

use crate::server::StateKeys;

/// The fields of a session that its record determines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionRow {
    pub(super) id: SessionId,
    pub(super) token: TokenKey,
    pub(super) subject: Tag,
    pub(super) generation: u64,
    pub(super) is_attached: bool,
    pub(super) is_closed: bool,
    /// When its time is up, in milliseconds.
    pub(super) ends_at: u64,
    /// For how long it waits for its client, in milliseconds.
    pub(super) idle: u64,
    pub(super) node: Vec<u8>,
}

/// Later than this, nothing ends on the server: sorted sets have exact numbers up to here.
const LATEST: u64 = 1 << 53;

impl SessionRow {
    pub(crate) fn new(id: SessionId, record: &Record, keys: &StateKeys) -> Self {
        let binding = record.binding();
        let subject = binding.grant.subject().as_str().as_bytes();
        let idle = u64::try_from(binding.policy.idle().as_millis()).unwrap_or(LATEST);
        Self {
            id,
            token: binding.token,
            subject: keys.tags.tag(subject),
            generation: record.generation(),
            is_attached: record.is_attached(),
            is_closed: record.closed().is_some(),
            ends_at: record.ends_at().as_millis().min(LATEST),
            idle: idle.min(LATEST),
            node: node_bytes(record.node()),
        }
    }

    /// The value to keep for this version of the record.
    pub(super) fn seal(
        &self,
        keys: &StateKeys,
        version: u64,
        record: &Record,
    ) -> Result<Vec<u8>, EntropyError> {
        keys.sealer.seal(&self.place(version), &record.to_bytes())
    }

    fn place(&self, version: u64) -> Place {
        place(self.id, &self.token, self.subject.as_bytes(), version)
    }
}

fn place(id: SessionId, token: &TokenKey, subject: &[u8], version: u64) -> Place {
    Place::of("sessions")
        .with(id.as_bytes())
        .with(token.as_bytes())
        .with(subject)
        .with(&version.to_be_bytes())
}

/// A node as it is kept: its bytes, or none for a session that no node has.
fn node_bytes(node: NodeId) -> Vec<u8> {
    if node == NodeId::NONE {
        Vec::new()
    } else {
        node.to_bytes().to_vec()
    }
}

/// A session as it is found. Nothing in it is known to be right yet.
#[derive(Debug, Default)]
pub(super) struct FoundRow {
    pub(super) id: Vec<u8>,
    pub(super) version: String,
    pub(super) record: Vec<u8>,
    pub(super) token: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) is_attached: bool,
    pub(super) is_closed: bool,
    pub(super) ends_at: String,
    pub(super) idle: String,
    pub(super) node: Vec<u8>,
}

impl FoundRow {
    /// The session in it. `None` if it is lost: its record was forged, changed or moved, or the other fields are
    /// not those of its record.
    pub(super) fn open(&self, keys: &StateKeys) -> Option<(SessionId, u64, Record)> {
        let id = SessionId::from_bytes(self.id.as_slice().try_into().ok()?);
        let token = TokenKey::from_bytes(self.token.as_slice().try_into().ok()?);
        let version: u64 = self.version.parse().ok()?;
        let place = place(id, &token, &self.subject, version);
        let record = Record::from_bytes(&keys.sealer.open(&place, &self.record).ok()?).ok()?;
        let found = SessionRow {
            id,
            token,
            subject: Tag::from_slice(&self.subject)?,
            generation: record.generation(),
            is_attached: self.is_attached,
            is_closed: self.is_closed,
            ends_at: self.ends_at.parse().ok()?,
            idle: self.idle.parse().ok()?,
            node: self.node.clone(),
        };
        (found == SessionRow::new(id, &record, keys)).then_some((id, version, record))
    }
}
