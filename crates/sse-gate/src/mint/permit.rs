//! Leave to issue a token: [`Permit`].

use serde::Serialize;
use serde_json::{Map, Value};
use sse_gate_core::{GrantRequest, PayloadError, Timestamp};

/// Leave to issue a token, and what else the response says.
///
/// The response has the token as `sse_token`, its lifetime in seconds as `expires_in`, and the URL of
/// the stream as `stream_url`.
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
    /// Leave to issue a token for what is asked.
    pub fn new(request: GrantRequest) -> Self {
        Self {
            request,
            members: Map::new(),
        }
    }

    /// Adds data for the handler of the stream. It stays on the server; the client never sees it.
    pub fn with_payload<T: Serialize + ?Sized>(mut self, data: &T) -> Result<Self, PayloadError> {
        self.request = self.request.with_payload(data)?;
        Ok(self)
    }

    /// Ends the stream at this moment at the latest, instead of with the caller's credential.
    pub fn with_deadline(mut self, at: Timestamp) -> Self {
        self.request = self.request.with_deadline(at);
        self
    }

    /// Says that the client had this stream before and goes on with it. It only counts in metrics.
    pub fn with_continuation(mut self, continues: bool) -> Self {
        self.request = self.request.with_continuation(continues);
        self
    }

    /// Adds a member to the response beside the token.
    pub fn with_member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }
}
