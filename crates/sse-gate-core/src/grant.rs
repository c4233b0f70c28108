//! What a token stands for: [`Grant`].

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Epoch, PayloadError, Resource, Subject, Timestamp};

/// The right to open one stream: who, which one, with what, until when.
///
/// A handler that holds one needs to ask nobody else: [`Gate::redeem`](crate::Gate::redeem) gave
/// it for a token that is now spent.
///
/// ```
/// use sse_gate_core::{Grant, Resource, Subject};
///
/// let grant = Grant::new(Subject::new("alice")?, Resource::new(["chat", "42"])?)
///     .with_payload(&"What is a grant?")?;
/// assert_eq!(grant.payload::<String>()?, "What is a grant?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    pub(crate) subject: Subject,
    pub(crate) resource: Resource,
    pub(crate) payload: Option<Box<[u8]>>,
    /// As a wish, when the credential ends; as a redeemed grant, when the token would have ended.
    pub(crate) expires_at: Timestamp,
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) ttl: Option<Duration>,
    pub(crate) continues: bool,
    pub(crate) epoch: Option<Epoch>,
}

impl Grant {
    /// A grant of `resource` to `subject`, for as long as the gate allows.
    pub fn new(subject: Subject, resource: Resource) -> Self {
        Self {
            subject,
            resource,
            payload: None,
            expires_at: Timestamp::FOREVER,
            deadline: None,
            ttl: None,
            continues: false,
            epoch: None,
        }
    }

    /// Data for the handler that no client sees: it stays on the server, as JSON.
    pub fn with_payload<T: Serialize + ?Sized>(mut self, data: &T) -> Result<Self, PayloadError> {
        self.payload = Some(serde_json::to_vec(data)?.into());
        Ok(self)
    }

    /// When the credential that asks for the token ends, the `exp` of its JWT: the token ends
    /// then at the latest, and so does the stream unless a [deadline](Self::with_deadline) is
    /// given.
    pub fn with_credential_expiry(mut self, at: Timestamp) -> Self {
        self.expires_at = at;
        self
    }

    /// A shorter life for the token than the gate's; a longer one has no effect.
    pub fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// When the stream ends at the latest, instead of with the credential.
    pub fn with_deadline(mut self, at: Timestamp) -> Self {
        self.deadline = Some(at);
        self
    }

    /// The epoch that was read before the caller was authenticated
    /// ([`Gate::epoch`](crate::Gate::epoch)). If the subject's tokens are withdrawn after that,
    /// before the token is issued, there is no token.
    ///
    /// A grant without one counts as authenticated when it is given to
    /// [`Gate::issue`](crate::Gate::issue): enough for a caller that is authenticated right before,
    /// with nothing awaited in between.
    pub fn with_epoch(mut self, epoch: Epoch) -> Self {
        self.epoch = Some(epoch);
        self
    }

    /// Says that the client had this stream before and goes on with it, for the metrics.
    pub fn continuing(mut self, continues: bool) -> Self {
        self.continues = continues;
        self
    }

    /// Who may open the stream.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Which stream.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The data that [`with_payload`](Self::with_payload) put in.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        let bytes = self.payload.as_deref().ok_or_else(PayloadError::absent)?;
        Ok(serde_json::from_slice(bytes)?)
    }

    /// The size of the payload, in bytes of JSON.
    pub fn payload_len(&self) -> usize {
        self.payload.as_deref().map_or(0, <[u8]>::len)
    }

    /// When the token ends that this grant was redeemed from; before that, when the credential
    /// does.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// When the stream ends at the latest. A redeemed grant always has one.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.deadline
    }

    /// The epoch that it was authenticated in. A redeemed grant always has one.
    pub fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    /// Whether the client had this stream before.
    pub fn continues(&self) -> bool {
        self.continues
    }
}

impl fmt::Debug for Grant {
    /// Shows everything but what the payload says.
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
    use super::*;

    fn grant() -> Grant {
        let resource = Resource::new(["chat", "42"]).unwrap();
        Grant::new(Subject::new("alice").unwrap(), resource)
    }

    #[test]
    fn a_payload_is_of_the_type_it_was_put_in_as() {
        let with = grant().with_payload(&("prompt", 7)).unwrap();
        assert_eq!(
            with.payload::<(String, u8)>().unwrap(),
            ("prompt".to_owned(), 7)
        );
        assert!(!with.payload::<u8>().unwrap_err().is_absent());
        assert!(grant().payload::<u8>().unwrap_err().is_absent());
    }

    /// D6
    #[test]
    fn debug_shows_nothing_of_a_payload() {
        let grant = grant().with_payload("my secret diary").unwrap();
        assert!(!format!("{grant:?}").contains("diary"));
    }
}
