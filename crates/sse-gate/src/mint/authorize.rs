//! Whether they may have it: [`Authorizer`].

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde_json::{Map, Value};
use sse_gate_core::{Grant, Resource};

use super::Identity;
use crate::StreamRoute;
use crate::problem::Problem;
use crate::route::Params;

/// Decides what token a request gets.
///
/// Every `Fn(MintRequest)` that returns such a future is one.
pub trait Authorizer: Send + Sync + 'static {
    /// The permit for this request, or the refusal.
    fn authorize(
        &self,
        request: MintRequest,
    ) -> impl Future<Output = Result<Permit, Denied>> + Send;
}

impl<F, Fut> Authorizer for F
where
    F: Fn(MintRequest) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Permit, Denied>> + Send,
{
    fn authorize(
        &self,
        request: MintRequest,
    ) -> impl Future<Output = Result<Permit, Denied>> + Send {
        self(request)
    }
}

/// A request for a token whose sender is known.
///
/// Its `Debug` shows neither headers nor body: a credential is in the ones, and what a user wants
/// of the stream in the other. In `parts` the credential's header is marked as sensitive, so its
/// `Debug` shows no more.
#[non_exhaustive]
pub struct MintRequest {
    /// Who asks.
    pub identity: Identity,
    /// The head of the request, with what the router has put in its extensions.
    pub parts: Parts,
    /// The body: JSON, or nothing.
    pub body: Bytes,
    pub(super) params: Params,
    pub(super) stream: Option<StreamRoute>,
}

impl MintRequest {
    /// The parameter of this name in the path, percent-decoded, if the service was told its
    /// [pattern](super::MintService::at).
    pub fn param(&self, name: &str) -> Option<&str> {
        let mut params = self.params.iter();
        params.find_map(|(own, value)| (**own == *name).then_some(&**value))
    }

    /// The resource that the stream of the parameters in the path has, if the service was told its
    /// [stream](super::MintService::for_stream) and its own pattern.
    ///
    /// [`Denied::NotFound`] if there is none: a value may be too long for one.
    pub fn resource(&self) -> Result<Resource, Denied> {
        let route = self.stream.as_ref().ok_or(Denied::NotFound)?;
        let values: Option<Vec<&str>> = route.parameters().map(|name| self.param(name)).collect();
        let resource = route.resource(values.ok_or(Denied::NotFound)?);
        resource.map_err(|_| Denied::NotFound)
    }

    /// The usual grant: `resource`, to whoever asks, for as long as their credential is good.
    pub fn grant_of(&self, resource: Resource) -> Grant {
        Grant::new(self.identity.subject().clone(), resource)
            .with_credential_expiry(self.identity.expires_at())
    }
}

impl fmt::Debug for MintRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintRequest")
            .field("identity", &self.identity)
            .field("path", &self.parts.uri.path())
            .finish_non_exhaustive()
    }
}

/// Leave to issue a token, and what else the response says.
#[derive(Debug)]
pub struct Permit {
    pub(super) grant: Grant,
    pub(super) members: Map<String, Value>,
}

impl Permit {
    /// Leave to issue a token for this grant.
    pub fn new(grant: Grant) -> Self {
        Self {
            grant,
            members: Map::new(),
        }
    }

    /// Adds a member to the response beside the token: the stream's URL, say.
    pub fn with_member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }
}

/// A request for a token is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// There is such a stream, and it is not theirs.
    #[error("stream is not the caller's")]
    Forbidden,
    /// There is no such stream, or none that they may know of.
    #[error("there is no such stream")]
    NotFound,
    /// The body does not say what it should.
    #[error("body is not what it should be")]
    Unprocessable,
    /// What the body says is too long.
    #[error("body is too large")]
    TooLarge,
    /// The caller has as many of something as one caller may have. It is answered with 429, and
    /// says when to ask again.
    #[error("caller has too many of these")]
    TooMany {
        /// When to ask again.
        retry_after: Duration,
    },
    /// There is no room for another stream of anybody's. It is answered with 503, and says when to
    /// ask again.
    #[error("there is no room for another stream")]
    Busy {
        /// When to ask again.
        retry_after: Duration,
    },
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Forbidden => Self::new(StatusCode::FORBIDDEN, "This stream is not yours."),
            Denied::NotFound => Self::new(StatusCode::NOT_FOUND, "There is no such stream."),
            Denied::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.")
            }
            Denied::Unprocessable => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "The body is not what it should be.",
            ),
            Denied::TooMany { retry_after } => {
                let detail = "You have too many of these already.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, detail).with_retry_after(retry_after)
            }
            Denied::Busy { retry_after } => {
                let detail = "There is no room for another stream.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_retry_after(retry_after)
            }
        }
    }
}
