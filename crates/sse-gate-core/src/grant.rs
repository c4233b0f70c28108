//! What a token stands for: [`Grant`].

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::{CorruptEntry, Entry, Epoch, PayloadError, Resource, Subject, Timestamp, TokenKey};

/// The right to open one stream: who, which stream, with what data, until when.
///
/// [`TokenGate::redeem`](crate::TokenGate::redeem) returns it for a token, and spends the token. A
/// handler that has a grant needs no further check. A grant has all its bounds. What the caller asked
/// for is a [`GrantRequest`](crate::GrantRequest).
///
/// ```
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
///
/// # pollster::block_on(async {
/// let gate = TokenGate::new(MemoryStore::default());
/// let chat = Resource::new(["chat", "42"])?;
/// let request = GrantRequest::new(Subject::new("alice")?, chat.clone());
/// let issued = gate.issue(request.with_payload(&"What is a grant?")?).await?;
///
/// let grant = gate.redeem(issued.token().expose(), &chat).await?;
/// assert_eq!(grant.payload::<String>()?, "What is a grant?");
/// assert_eq!(grant.expires_at(), issued.expires_at());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    pub(crate) subject: Subject,
    pub(crate) resource: Resource,
    pub(crate) payload: Option<Box<[u8]>>,
    pub(crate) expires_at: Timestamp,
    pub(crate) deadline: Timestamp,
    pub(crate) continues: bool,
    pub(crate) epoch: Epoch,
}

impl Grant {
    /// Who may open the stream.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Which stream it opens.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The data that [`GrantRequest::with_payload`](crate::GrantRequest::with_payload) put in.
    ///
    /// # Errors
    ///
    /// There is no payload, or it is not a `T`.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        let bytes = self.payload.as_deref().ok_or_else(PayloadError::absent)?;
        Ok(serde_json::from_slice(bytes)?)
    }

    /// The size of the payload, in bytes of JSON.
    pub fn payload_len(&self) -> usize {
        self.payload.as_deref().map_or(0, <[u8]>::len)
    }

    /// When the token ends. A token that was redeemed is spent already.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// When the stream ends at the latest.
    pub fn deadline(&self) -> Timestamp {
        self.deadline
    }

    /// The epoch in which its subject was authenticated.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Whether the client had this stream before.
    pub fn continues(&self) -> bool {
        self.continues
    }

    /// The same grant without its payload, for a stream to keep while it is open.
    pub fn without_payload(&self) -> Self {
        Self {
            subject: self.subject.clone(),
            resource: self.resource.clone(),
            payload: None,
            ..*self
        }
    }

    /// The grant as versioned bytes, to keep for as long as its stream is open: in the record of a
    /// session that outlives its process. `key` is that of the token that opened the stream.
    ///
    /// ```
    /// use sse_gate_core::{Grant, GrantRequest, MemoryStore, Resource, Subject, TokenGate, TokenKey};
    ///
    /// # pollster::block_on(async {
    /// let gate = TokenGate::new(MemoryStore::default());
    /// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["chat"])?);
    /// let grant = gate.grant(request).await?;
    /// let kept = grant.to_entry(TokenKey::from_bytes([1; 32]));
    /// assert_eq!(Grant::from_entry(&kept)?, grant);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn to_entry(&self, key: TokenKey) -> Entry {
        Entry::seal(key, self, Duration::ZERO)
    }

    /// Reads what [`to_entry`](Self::to_entry) made.
    ///
    /// It only reads. Whether the entry's token is spent or expired is for a
    /// [`TokenGate`](crate::TokenGate) to say.
    ///
    /// # Errors
    ///
    /// The bytes are damaged.
    pub fn from_entry(entry: &Entry) -> Result<Self, CorruptEntry> {
        entry.open()
    }

    /// The grant of a client that reconnects to the stream of this grant. It ends no later than `latest`.
    pub fn continued(&self, latest: Timestamp) -> Self {
        Self {
            deadline: self.deadline.min(latest),
            continues: true,
            ..self.clone()
        }
    }
}

impl fmt::Debug for Grant {
    /// Shows everything but the content of the payload.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("subject", &self.subject)
            .field("resource", &self.resource)
            .field("payload_len", &self.payload_len())
            .field("expires_at", &self.expires_at)
            .field("deadline", &self.deadline)
            .field("continues", &self.continues)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Grant, GrantRequest, MemoryStore, Resource, Subject, Timestamp, TokenGate};

    fn grant(payload: Option<&str>) -> Grant {
        let resource = Resource::new(["chat", "42"]).unwrap();
        let mut request = GrantRequest::new(Subject::new("alice").unwrap(), resource);
        if let Some(payload) = payload {
            request = request.with_payload(payload).unwrap();
        }
        let gate = TokenGate::new(MemoryStore::default());
        pollster::block_on(gate.grant(request)).unwrap()
    }

    #[test]
    fn a_payload_is_of_the_type_it_was_put_in_as() {
        let with = grant(Some("prompt"));
        assert_eq!(with.payload::<String>().unwrap(), "prompt");
        assert!(!with.payload::<u8>().unwrap_err().is_absent());
        assert!(grant(None).payload::<u8>().unwrap_err().is_absent());
    }

    #[test]
    fn a_client_that_comes_back_has_the_rest_of_the_time() {
        let (first, soon) = (grant(Some("prompt")), Timestamp::from_unix_secs(7));
        let again = first.continued(soon);
        assert_eq!((again.deadline(), again.payload_len()), (soon, 8));
        assert!(again.continues() && !first.continues());
        let again = first.continued(Timestamp::FOREVER);
        assert_eq!(again.deadline(), first.deadline());
    }

    /// D6
    #[test]
    fn debug_shows_nothing_of_a_payload() {
        let grant = grant(Some("my secret diary"));
        assert!(!format!("{grant:?}").contains("diary"));
    }
}
