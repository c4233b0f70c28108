//! Claiming a place.

use sse_gate_resume::StreamLimits;
use sse_gate_resume::backend::{Claimed, Place};

use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{millis, word};
use crate::server::{Script, Server};

static CLAIM: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("places.lua"),
    include_str!("claim.lua")
));

/// Claims a place: see [`StreamLimiter::claim`](sse_gate_resume::backend::StreamLimiter::claim).
pub(crate) async fn claim(
    server: &Server,
    keys: &Keyspace,
    limits: &StreamLimits,
    place: &Place,
) -> Result<Claimed, Fault> {
    let tag = server.keys.tags.tag(place.subject.as_str().as_bytes());
    let claim = server
        .call(&CLAIM, keys)
        .bytes(&place.id.to_bytes())
        .bytes(tag.as_bytes())
        .bytes(&place.generation.to_be_bytes())
        .number(millis(limits.ttl()))
        .number(limits.max_per_subject())
        .number(limits.max());
    match word(server.run(claim).await?)?.as_str() {
        "granted" => Ok(Claimed::Granted),
        "replaced" => Ok(Claimed::Replaced),
        "subject" => Ok(Claimed::FullForSubject),
        "all" => Ok(Claimed::Full),
        _ => Err(ServerErrorKind::Failed.into()),
    }
}
