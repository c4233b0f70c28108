//! Renewing places.

use std::time::Duration;

use sse_gate_resume::backend::{Place, Renewed};

use super::{AT_A_TIME, named};
use crate::ServerErrorKind;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::{millis, words};
use crate::server::{Script, Server};

static RENEW: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("places.lua"),
    include_str!("renew.lua")
));

/// Renews places, and tells what became of each: see
/// [`StreamLimiter::renew`](sse_gate_resume::backend::StreamLimiter::renew).
pub(crate) async fn renew(
    server: &Server,
    keys: &Keyspace,
    ttl: Duration,
    places: &[Place],
) -> Result<Vec<Renewed>, Fault> {
    let mut all = Vec::with_capacity(places.len());
    for places in places.chunks(AT_A_TIME) {
        let renew = server.call(&RENEW, keys).number(millis(ttl));
        let renew = places
            .iter()
            .fold(renew, |renew, it| renew.bytes(&named(it)));
        let answers = words(server.run(renew).await?)?;
        if answers.len() != places.len() {
            return Err(ServerErrorKind::Failed.into());
        }
        for answer in answers {
            all.push(read(&answer)?);
        }
    }
    Ok(all)
}

fn read(answer: &str) -> Result<Renewed, Fault> {
    match answer {
        "kept" => Ok(Renewed::Kept),
        "replaced" => Ok(Renewed::Replaced),
        "gone" => Ok(Renewed::Gone),
        _ => Err(ServerErrorKind::Failed.into()),
    }
}
