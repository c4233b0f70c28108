//! The endpoint that trades a JWT for a stream token.

use serde::Deserialize;
use sse_gate::JwtAuthenticator;
use sse_gate::mint::{Authorizer, Denied, MintRequest, MintService, Permit};

use super::{Demo, SetupError};
use crate::users::UserId;

/// The service that answers `POST /generations/generate/{generation_id}/stream-token`.
pub type Mint = MintService<JwtAuthenticator, WhetherTheirs>;

/// Permits a token for a generation to its owner.
#[derive(Debug, Clone)]
pub struct WhetherTheirs(Demo);

/// The body: nothing, `{}`, or where an earlier stream of the generation's broke off.
#[derive(Debug, Default, Deserialize)]
struct Body {
    last_event_id: Option<String>,
}

impl Demo {
    /// The pattern of the path at which tokens for streams are asked for.
    pub const STREAM_TOKEN: &str = "/generations/generate/{generation_id}/stream-token";

    /// 200 `{"sse_token","expires_in","stream_url","generation_id"}`, 401, 403 or 404.
    pub fn mint(&self) -> Result<Mint, SetupError> {
        let (authenticator, whether) = (self.0.authenticator.clone(), WhetherTheirs(self.clone()));
        let mint = MintService::new(&self.0.gate, authenticator, whether)
            .with_body_time_limit(self.0.body_timeout);
        Ok(mint.at(Self::STREAM_TOKEN)?.for_stream(&self.0.route)?)
    }
}

impl Authorizer for WhetherTheirs {
    async fn authorize(&self, request: MintRequest) -> Result<Permit, Denied> {
        let Self(demo) = self;
        let id = request.param("generation_id").ok_or(Denied::NotFound)?;
        demo.owned(&UserId::new(request.identity.subject().as_str()), id)?;
        let last_event_id = last_event_id(&request)?;
        let resource = demo.0.route.resource([id]).map_err(|_| Denied::NotFound)?;
        let stream_url = demo.0.route.path([id]).map_err(|_| Denied::NotFound)?;
        let grant = request
            .grant_of(resource)
            .continuing(last_event_id.is_some())
            .with_payload(&last_event_id)
            .map_err(|_| Denied::Unprocessable)?;
        Ok(Permit::new(grant)
            .with_member("stream_url", stream_url)
            .with_member("generation_id", id))
    }
}

/// The number of the last event that the client has seen, if it says so.
fn last_event_id(request: &MintRequest) -> Result<Option<u64>, Denied> {
    if request.body.is_empty() {
        return Ok(None);
    }
    let body: Body = serde_json::from_slice(&request.body).map_err(|_| Denied::Unprocessable)?;
    let id = body.last_event_id.filter(|id| !id.is_empty());
    id.map(|id| id.parse().map_err(|_| Denied::Unprocessable))
        .transpose()
}
