//! A state alone is no authorizer.

use http::request::Parts;
use sse_gate::prelude::*;

struct Members;

async fn who(parts: Parts) -> Result<Identity, AuthError> {
    Ok(Identity::named(Bearer::of(&parts.headers)?.as_str())?)
}

fn main() {
    let (gate, route) = (Gate::in_memory(), SseRoute::new("/feed").unwrap());
    MintService::new(&gate, &route, who, Members);
}
