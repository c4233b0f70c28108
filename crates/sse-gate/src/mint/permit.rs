//! What an authorizer permits: [`Permit`].

use serde::Serialize;
use serde_json::{Map, Value};
use sse_gate_core::{GrantRequest, PayloadError, Timestamp};

/// The permission to issue a token, with data for the handler of the stream and for the client.
///
/// [`MintRequest::permit`](super::MintRequest::permit) makes the usual one. The response has the token
/// as `sse_token`, its lifetime in seconds as `expires_in`, the URL of the stream as `stream_url`, and
/// the [members](Self::with_member) that you add.
///
/// ```
/// use sse_gate::mint::{Denied, MintRequest, Permit};
///
/// async fn may_ask(request: MintRequest) -> Result<Permit, Denied> {
///     let question: String = request.json()?;
///     // The question stays on the server. The handler of the stream finds it in the grant.
///     Ok(request.permit().with_payload(&question)?.with_member("status", "queued"))
/// }
/// ```
#[derive(Debug)]
pub struct Permit {
    pub(crate) request: GrantRequest,
    pub(super) members: Map<String, Value>,
}

impl Permit {
    /// The permission to issue a token for this grant request.
    ///
    /// The resource may be another one than that of the mint's path. Then set `stream_url` with
    /// [`with_member`](Self::with_member) too.
    pub fn new(request: GrantRequest) -> Self {
        Self {
            request,
            members: Map::new(),
        }
    }

    /// Adds data for the handler of the stream, which reads it with
    /// [`Grant::payload`](sse_gate_core::Grant::payload). It is kept as JSON in the store of the tokens,
    /// and the client never sees it.
    ///
    /// # Errors
    ///
    /// The data can't be written as JSON. In an authorizer, `?` turns this error into a 422.
    pub fn with_payload<T: Serialize + ?Sized>(mut self, data: &T) -> Result<Self, PayloadError> {
        self.request = self.request.with_payload(data)?;
        Ok(self)
    }

    /// Ends the stream at this time, even if the credential of the caller expires earlier or later. The
    /// maximum of the gate still holds.
    ///
    /// ```
    /// use sse_gate::core::Timestamp;
    /// use sse_gate::mint::{Denied, MintRequest, Permit};
    ///
    /// async fn may_watch(request: MintRequest) -> Result<Permit, Denied> {
    ///     let end_of_broadcast = Timestamp::from_unix_secs(1_900_000_000);
    ///     Ok(request.permit().with_deadline(end_of_broadcast))
    /// }
    /// ```
    pub fn with_deadline(mut self, at: Timestamp) -> Self {
        self.request = self.request.with_deadline(at);
        self
    }

    /// Says that the client continues a stream that it had before. Metrics count it as a reconnect. It
    /// changes nothing else.
    pub fn with_continuation(mut self, continues: bool) -> Self {
        self.request = self.request.with_continuation(continues);
        self
    }

    /// Adds a member to the JSON of the response. The client sees it.
    pub fn with_member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }
}
