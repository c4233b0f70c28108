//! What a caller asks of a gate: [`GrantRequest`].

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::{Epoch, PayloadError, Resource, Subject, Timestamp};

/// A request to open one stream: who, which stream, with what data, and until when at most.
///
/// [`TokenGate::issue`](crate::TokenGate::issue) applies the gate's own bounds to it, and issues a
/// token. The [`Grant`](crate::Grant) that comes back for the token says what was granted.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_core::{GrantRequest, Resource, Subject};
///
/// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["chat", "42"])?)
///     .with_payload(&"What is a grant?")?
///     .with_ttl(Duration::from_secs(10));
/// assert_eq!(request.subject().as_str(), "alice");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct GrantRequest {
    pub(crate) subject: Subject,
    pub(crate) resource: Resource,
    pub(crate) payload: Option<Box<[u8]>>,
    pub(crate) credential_ends: Timestamp,
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) ttl: Option<Duration>,
    pub(crate) continues: bool,
    pub(crate) epoch: Option<Epoch>,
}

impl GrantRequest {
    /// Asks for `resource` on behalf of `subject`, for as long as the gate allows.
    pub fn new(subject: Subject, resource: Resource) -> Self {
        Self {
            subject,
            resource,
            payload: None,
            credential_ends: Timestamp::FOREVER,
            deadline: None,
            ttl: None,
            continues: false,
            epoch: None,
        }
    }

    /// Adds data for the handler. It stays on the server, as JSON. The client never sees it.
    ///
    /// # Errors
    ///
    /// The data can't be written as JSON: a map whose keys are not strings, for example.
    pub fn with_payload<T: Serialize + ?Sized>(mut self, data: &T) -> Result<Self, PayloadError> {
        self.payload = Some(serde_json::to_vec(data)?.into());
        Ok(self)
    }

    /// When the caller's credential ends, for example the `exp` of its JWT. The token ends no later, and
    /// neither does the stream, unless it has a [deadline](Self::with_deadline) of its own.
    pub fn with_credential_expiry(mut self, at: Timestamp) -> Self {
        self.credential_ends = at;
        self
    }

    /// Asks for a token that lives shorter than the gate's TTL. A longer span has no effect.
    pub fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// When the stream ends at the latest. Without it the stream ends with the caller's credential.
    pub fn with_deadline(mut self, at: Timestamp) -> Self {
        self.deadline = Some(at);
        self
    }

    /// The [epoch](crate::TokenGate::epoch) that you read before you authenticated the caller. If the
    /// subject's tokens are withdrawn between that and [`issue`](crate::TokenGate::issue), no token is
    /// issued.
    ///
    /// Without it, the caller counts as authenticated at the moment of the call to `issue`. That is
    /// enough if nothing was awaited in between.
    pub fn with_epoch(mut self, epoch: Epoch) -> Self {
        self.epoch = Some(epoch);
        self
    }

    /// Says that the client had this stream before and goes on with it. It only matters to metrics.
    pub fn with_continuation(mut self, continues: bool) -> Self {
        self.continues = continues;
        self
    }

    /// Who asks.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The stream that is asked for.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The epoch that was read before the caller was authenticated, if one was given.
    pub fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    /// The size of the payload, in bytes of JSON.
    pub fn payload_len(&self) -> usize {
        self.payload.as_deref().map_or(0, <[u8]>::len)
    }
}

impl fmt::Debug for GrantRequest {
    /// Shows everything but the content of the payload.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantRequest")
            .field("subject", &self.subject)
            .field("resource", &self.resource)
            .field("payload_len", &self.payload_len())
            .field("credential_ends", &self.credential_ends)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// D6
    #[test]
    fn debug_shows_nothing_of_a_payload() {
        let (subject, resource) = (Subject::new("alice"), Resource::new(["chat"]));
        let request = GrantRequest::new(subject.unwrap(), resource.unwrap());
        let request = request.with_payload("my secret diary").unwrap();
        assert!(!format!("{request:?}").contains("diary"));
    }
}
