//! A state alone is no authenticator.

use sse_gate::prelude::*;

struct ApiKey;

async fn may(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

fn main() {
    let (gate, route) = (Gate::in_memory(), SseRoute::new("/feed").unwrap());
    MintService::new(&gate, &route, ApiKey, may);
}
