//! An authorizer gets the claims that its authenticator gives.

use http::request::Parts;
use sse_gate::prelude::*;

struct Claims;

struct AdminsOnly;

impl Authorizer<Claims> for AdminsOnly {
    async fn authorize(&self, request: MintRequest<Claims>) -> Result<Permit, Denied> {
        Ok(request.permit())
    }
}

async fn who(parts: Parts) -> Result<Identity, AuthError> {
    Ok(Identity::named(Bearer::of(&parts.headers)?.as_str())?)
}

fn main() {
    let (gate, route) = (Gate::in_memory(), SseRoute::new("/feed").unwrap());
    MintService::new(&gate, &route, who, AdminsOnly);
}
