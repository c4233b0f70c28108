//! The endpoint that trades a JWT for a stream token.

use serde::Deserialize;
use sse_gate::SseRoute;
use sse_gate::mint::{Authorizer, Denied, MintRequest, MintService, Permit, with_state};

use super::Demo;
use crate::users::UserId;

/// The body: nothing, `{}`, or where an earlier stream broke off.
#[derive(Debug, Default, Deserialize)]
struct Body {
    last_event_id: Option<String>,
}

impl Demo {
    /// `POST /generations/generate/{generation_id}/stream-token`: 200
    /// `{"sse_token","expires_in","stream_url","generation_id"}`, 401, 403 or 404.
    pub fn mint(&self) -> MintService {
        self.mint_at(&self.0.route, with_state(self.clone(), may_watch))
    }

    /// The endpoint at which tokens of a route are asked for.
    pub(super) fn mint_at(&self, route: &SseRoute, authorizer: impl Authorizer) -> MintService {
        let authenticator = self.0.authenticator.clone();
        MintService::new(&self.0.gate, route, authenticator, authorizer)
            .with_body_time_limit(self.0.body_timeout)
    }
}

/// Permits a token for a generation to its owner.
async fn may_watch(demo: Demo, request: MintRequest) -> Result<Permit, Denied> {
    let id = request.param("generation_id").ok_or(Denied::NotFound)?;
    demo.owned(&UserId::new(request.identity.subject().as_str()), id)?;
    let last_event_id = last_event_id(&request)?;
    let asked = request.grant_request().with_ttl(demo.0.token_ttl);
    Ok(Permit::new(asked)
        .with_continuation(last_event_id.is_some())
        .with_payload(&last_event_id)?
        .with_member("generation_id", id))
}

/// The number of the last event that the client has seen, if it says so.
pub(super) fn last_event_id(request: &MintRequest) -> Result<Option<u64>, Denied> {
    if request.body.is_empty() {
        return Ok(None);
    }
    let Body { last_event_id } = request.json()?;
    let id = last_event_id.filter(|id| !id.is_empty());
    id.map(|id| id.parse().map_err(|_| Denied::Unprocessable))
        .transpose()
}
