//! What an authorizer gets: [`MintRequest`].

use std::fmt;

use bytes::Bytes;
use http::request::Parts;
use serde::de::DeserializeOwned;
use sse_gate_core::{GrantRequest, Resource};

use super::{Denied, Identity, Permit};
use crate::route::{Found, Params};

/// A request for a token whose sender is known.
///
/// Its `Debug` shows neither headers nor body: the headers hold a credential, and the body what a
/// user wants of the stream. In `parts` the credential's header is marked as sensitive, so its
/// `Debug` does not show it either.
#[non_exhaustive]
pub struct MintRequest<C = ()> {
    /// Who asks.
    pub identity: Identity<C>,
    /// The head of the request, with what the router has put in its extensions.
    pub parts: Parts,
    /// The body: JSON, or nothing. It is empty if a caller opens the stream itself, without a
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

    /// The parameter of this name in the path, percent-decoded.
    pub fn param(&self, name: &str) -> Option<&str> {
        let mut params = self.params.iter();
        params.find_map(|(own, value)| (**own == *name).then_some(&**value))
    }

    /// The resource that is asked for: the stream of the route with the parameters in the path.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The URL of the stream, if it can be told: not if the token itself stands in the path.
    pub fn stream_url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    ///
    /// [`Denied::Unprocessable`], which is answered with 422.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Denied> {
        serde_json::from_slice(&self.body).map_err(|_| Denied::Unprocessable)
    }

    /// What is usually asked of the gate: the resource, for the caller, for as long as its credential
    /// is good.
    pub fn grant_request(&self) -> GrantRequest {
        GrantRequest::new(self.identity.subject().clone(), self.resource.clone())
            .with_credential_expiry(self.identity.expires_at())
    }

    /// The usual permit: a token for what is [usually asked](Self::grant_request), and the URL of the
    /// stream beside it.
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
