//! An authenticator that is a function gets the head by value.

use http::request::Parts;
use sse_gate::prelude::*;

async fn who(parts: &Parts) -> Result<Identity, AuthError> {
    Ok(Identity::named(Bearer::of(&parts.headers)?.as_str())?)
}

async fn may(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

fn main() {
    let (gate, route) = (Gate::in_memory(), SseRoute::new("/feed").unwrap());
    MintService::new(&gate, &route, who, may);
}
