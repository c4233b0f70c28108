//! What a store keeps for a token: [`Entry`], a grant as versioned bytes.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | version, 2 |
//! | 1 | 1 | flags: 1 the client continues a stream, 2 there is a payload |
//! | 2 | 32 | the key of the token |
//! | 34 | 8 | when the token ends, Unix milliseconds |
//! | 42 | 8 | when the stream ends, Unix milliseconds |
//! | 50 | 8 | how long the stream may last, in milliseconds from when the token was issued |
//! | 58 | 8 | the epoch in which the subject was authenticated |
//! | 66 | 2 | length of the subject |
//! | 68 | 2 | length of the resource |
//! | 70 | | subject, resource, payload |
//!
//! Numbers are big-endian. An entry is one allocation, as a store may keep millions of them.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::time::millis;
use crate::{Epoch, Grant, Resource, Subject, Timestamp, TokenKey};

const VERSION: u8 = 2;
const CONTINUES: u8 = 1;
const HAS_PAYLOAD: u8 = 2;
const HEADER_LEN: usize = 70;

/// A grant in the form that stores keep: opaque bytes that contain their own key.
///
/// The token can't be computed from them. A store outside of this process writes
/// [`as_bytes`](Self::as_bytes) and reads with [`from_bytes`](Self::from_bytes). The other methods tell
/// a store what it needs for its caps and withdrawals.
///
/// ```
/// use sse_gate_core::{Entry, GrantRequest, MemoryStore, Resource, Subject, TokenGate};
///
/// # pollster::block_on(async {
/// # let gate = TokenGate::new(MemoryStore::default()).erased();
/// # let feed = Resource::new(["feed"])?;
/// # let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
/// # let redemption = gate.begin(issued.token().expose(), &feed)?;
/// # let entry = gate.take(&redemption).await?.unwrap();
/// // A store got `entry` in `insert`.
/// let row: Vec<u8> = entry.as_bytes().to_vec();
///
/// let read = Entry::from_bytes(row)?;
/// assert_eq!(read, entry);
/// assert_eq!(read.subject_bytes(), b"alice");
/// assert_eq!(read.key(), issued.key());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Entry(Box<[u8]>);

impl Entry {
    /// The entry of a grant whose stream may last for `lasts` from now.
    pub(crate) fn seal(key: TokenKey, grant: &Grant, lasts: Duration) -> Self {
        let (subject, resource) = (grant.subject.as_str().as_bytes(), grant.resource.as_bytes());
        let payload = grant.payload.as_deref();
        let len = HEADER_LEN + subject.len() + resource.len() + grant.payload_len();
        let flags =
            u8::from(grant.continues) * CONTINUES + u8::from(payload.is_some()) * HAS_PAYLOAD;
        let mut bytes = Vec::with_capacity(len);
        bytes.extend_from_slice(&[VERSION, flags]);
        bytes.extend_from_slice(key.as_bytes());
        bytes.extend_from_slice(&grant.expires_at.as_unix_millis().to_be_bytes());
        bytes.extend_from_slice(&grant.deadline.as_unix_millis().to_be_bytes());
        bytes.extend_from_slice(&millis(lasts).to_be_bytes());
        bytes.extend_from_slice(&grant.epoch.as_u64().to_be_bytes());
        bytes.extend_from_slice(&len_u16(subject).to_be_bytes());
        bytes.extend_from_slice(&len_u16(resource).to_be_bytes());
        bytes.extend_from_slice(subject);
        bytes.extend_from_slice(resource);
        bytes.extend_from_slice(payload.unwrap_or_default());
        // More bytes would have moved the allocation.
        debug_assert_eq!(bytes.len(), len);
        Self(bytes.into())
    }

    /// The grant in these bytes.
    pub(crate) fn open(&self) -> Result<Grant, CorruptEntry> {
        let subject = Subject::new(self.subject()?).map_err(|_| CorruptEntry("subject"))?;
        let (resource, payload) = self.rest()?;
        Ok(Grant {
            subject,
            resource: Resource::from_bytes(resource).map_err(|_| CorruptEntry("resource"))?,
            payload: (self.0[1] & HAS_PAYLOAD != 0).then(|| payload.into()),
            expires_at: self.expires_at(),
            deadline: Timestamp::from_unix_millis(u64::from_be_bytes(self.array(42))),
            continues: self.0[1] & CONTINUES != 0,
            epoch: self.epoch(),
        })
    }

    /// Reads what [`as_bytes`](Self::as_bytes) returned.
    ///
    /// # Errors
    ///
    /// The bytes are damaged, or of a version that this code does not know.
    pub fn from_bytes(bytes: impl Into<Box<[u8]>>) -> Result<Self, CorruptEntry> {
        let entry = Self(bytes.into());
        match entry.0.first() {
            Some(&VERSION) if entry.0.len() >= HEADER_LEN => entry.open().map(|_| entry),
            Some(&VERSION) => Err(CorruptEntry("length")),
            _ => Err(CorruptEntry("version")),
        }
    }

    /// The bytes for a store to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key of the token that this entry was made for.
    pub fn key(&self) -> TokenKey {
        TokenKey::from_bytes(self.array(2))
    }

    /// When the token ends. From then on the entry is of no use.
    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_unix_millis(u64::from_be_bytes(self.array(34)))
    }

    /// How long the stream may last, from the moment when the token was issued. The deadline is a date,
    /// which would allow more if the wall clock was set back since.
    pub(crate) fn lasts(&self) -> Duration {
        Duration::from_millis(u64::from_be_bytes(self.array(50)))
    }

    /// The epoch in which the subject was authenticated. A store refuses the entry if the subject was
    /// withdrawn since.
    pub fn epoch(&self) -> Epoch {
        Epoch::from_u64(u64::from_be_bytes(self.array(58)))
    }

    /// The subject, in UTF-8. Stores count entries by it.
    pub fn subject_bytes(&self) -> &[u8] {
        let len = usize::from(u16::from_be_bytes(self.array(66)));
        self.0.get(HEADER_LEN..HEADER_LEN + len).unwrap_or_default()
    }

    /// The size of the payload, in bytes.
    pub fn payload_len(&self) -> usize {
        self.rest().map_or(0, |(_, payload)| payload.len())
    }

    fn subject(&self) -> Result<&str, CorruptEntry> {
        std::str::from_utf8(self.subject_bytes()).map_err(|_| CorruptEntry("subject"))
    }

    /// The resource and the payload, which follow the subject.
    fn rest(&self) -> Result<(&[u8], &[u8]), CorruptEntry> {
        let subject_len = usize::from(u16::from_be_bytes(self.array(66)));
        let resource_len = usize::from(u16::from_be_bytes(self.array(68)));
        let rest = self
            .0
            .get(HEADER_LEN + subject_len..)
            .ok_or(CorruptEntry("length"))?;
        rest.split_at_checked(resource_len)
            .ok_or(CorruptEntry("length"))
    }

    /// `N` bytes of the header from `at`. Both constructors make sure that there is a header.
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut array = [0; N];
        array.copy_from_slice(&self.0[at..at + N]);
        array
    }
}

/// The length of a subject or a resource. Both are far shorter than 64 KiB.
fn len_u16(bytes: &[u8]) -> u16 {
    debug_assert!(bytes.len() <= Subject::MAX_LEN.max(Resource::MAX_LEN));
    u16::try_from(bytes.len()).unwrap_or(u16::MAX)
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("key", &self.key())
            .field("expires_at", &self.expires_at())
            .field("len", &self.0.len())
            .finish_non_exhaustive()
    }
}

/// The stored bytes are not an entry, or have a version that this code does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorruptEntry(&'static str);

impl fmt::Display for CorruptEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stored entry has a bad {}", self.0)
    }
}

impl Error for CorruptEntry {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn grants()(
            subject in "[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}]{1,40}",
            parts in prop::collection::vec(".{0,20}", 1..4),
            payload in prop::option::of(".{0,200}"),
            expires_at: u64,
            deadline: u64,
            continues: bool,
            epoch: u64,
        ) -> Grant {
            Grant {
                subject: Subject::new(subject).unwrap(),
                resource: Resource::new(parts).unwrap(),
                payload: payload.map(|payload| payload.into_bytes().into()),
                expires_at: Timestamp::from_unix_millis(expires_at),
                deadline: Timestamp::from_unix_millis(deadline),
                continues,
                epoch: Epoch::from_u64(epoch),
            }
        }
    }

    proptest! {
        #[test]
        fn a_grant_comes_back_as_it_went_in(grant in grants(), key: [u8; 32], lasts: u64) {
            let entry = Entry::seal(TokenKey::from_bytes(key), &grant, Duration::from_millis(lasts));
            prop_assert_eq!(entry.key(), TokenKey::from_bytes(key));
            prop_assert_eq!(entry.lasts(), Duration::from_millis(lasts));
            prop_assert_eq!(entry.epoch(), grant.epoch());
            prop_assert_eq!(entry.expires_at(), grant.expires_at());
            prop_assert_eq!(entry.subject_bytes(), grant.subject().as_str().as_bytes());
            prop_assert_eq!(entry.payload_len(), grant.payload_len());
            prop_assert_eq!(&entry.open().unwrap(), &grant);
            prop_assert_eq!(Entry::from_bytes(entry.as_bytes()).unwrap(), entry);
        }

        /// E8
        #[test]
        fn damaged_bytes_give_an_error_or_an_entry_and_no_panic(
            grant in grants(), cut: prop::sample::Index, place: prop::sample::Index, value: u8,
        ) {
            let entry = Entry::seal(TokenKey::from_bytes([7; 32]), &grant, Duration::MAX);
            let mut bytes = entry.as_bytes().to_vec();
            let len = bytes.len();
            bytes[place.index(len)] = value;
            let _ = Entry::from_bytes(bytes.clone());
            bytes.truncate(cut.index(HEADER_LEN));
            prop_assert!(Entry::from_bytes(bytes).is_err());
        }
    }
}
