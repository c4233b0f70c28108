//! The request that an authorizer decides about: [`MintRequest`].

use std::fmt;

use bytes::Bytes;
use http::request::Parts;
use serde::de::DeserializeOwned;
use sse_gate_core::{GrantRequest, Resource};

use super::{Denied, Identity, Permit};
use crate::route::{Found, Params};

/// A request for a token whose caller is authenticated.
///
/// ```
/// use serde::Deserialize;
/// use sse_gate::mint::{Denied, MintRequest, Permit};
///
/// #[derive(Deserialize)]
/// struct Question {
///     text: String,
/// }
///
/// // For `SseRoute::new("/chats/{chat}/answer")`, and a body like `{"text":"why?"}`.
/// async fn may_ask(request: MintRequest) -> Result<Permit, Denied> {
///     let question: Question = request.json()?; // or 422
///     let user = request.identity.subject().as_str();
///     if !request.param("chat").is_some_and(|chat| chat.starts_with(user)) {
///         return Err(Denied::NotFound);
///     }
///     Ok(request.permit().with_payload(&question.text)?)
/// }
/// ```
///
/// Its `Debug` shows neither headers nor body. In `parts` the headers of credentials are marked as
/// sensitive, so the `Debug` of `parts` does not show them either.
#[non_exhaustive]
pub struct MintRequest<C = ()> {
    /// Who makes the request.
    pub identity: Identity<C>,
    /// The head of the request. Layers and routers may have put something into its extensions.
    pub parts: Parts,
    /// The body: JSON, or empty. It is always empty if the caller opens the stream itself, without a
    /// token.
    pub body: Bytes,
    params: Params,
    resource: Resource,
    pub(super) url: Option<String>,
}

impl<C> MintRequest<C> {
    pub(super) fn new(identity: Identity<C>, parts: Parts, body: Bytes, found: Found) -> Self {
        let Found {
            params,
            resource,
            url,
        } = found;
        Self {
            identity,
            parts,
            body,
            params,
            resource,
            url,
        }
    }

    /// The parameter of this name in the path, percent-decoded once. `None` if the pattern has no such
    /// parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        let mut params = self.params.iter();
        params.find_map(|(own, value)| (**own == *name).then_some(&**value))
    }

    /// The resource that the request asks for: the stream of the route, with these parameters.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The URL of the stream. `None` if the token is in the path, as the URL then depends on the token,
    /// and for a caller that opens the stream itself.
    pub fn stream_url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// The body is empty, not JSON, or not of this type: [`Denied::Unprocessable`], which is 422.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Denied> {
        serde_json::from_slice(&self.body).map_err(|_| Denied::Unprocessable)
    }

    /// The usual grant request: this resource, for this caller, until its credential expires.
    pub fn grant_request(&self) -> GrantRequest {
        GrantRequest::new(self.identity.subject().clone(), self.resource.clone())
            .with_credential_expiry(self.identity.expires_at())
    }

    /// The usual permit: a token for the [usual grant request](Self::grant_request). The response has
    /// the URL of the stream too.
    pub fn permit(&self) -> Permit {
        Permit::new(self.grant_request())
    }
}

impl<C> fmt::Debug for MintRequest<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintRequest")
            .field("subject", self.identity.subject())
            .field("path", &self.parts.uri.path())
            .finish_non_exhaustive()
    }
}
