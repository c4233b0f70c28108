//! Freeing places.

use sse_gate_resume::backend::Place;

use super::{AT_A_TIME, named};
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::server::{Script, Server};

static FREE: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("places.lua"),
    include_str!("free.lua")
));

/// Frees places: see [`StreamLimiter::free`](sse_gate_resume::backend::StreamLimiter::free).
pub(crate) async fn free(server: &Server, keys: &Keyspace, places: &[Place]) -> Result<(), Fault> {
    for places in places.chunks(AT_A_TIME) {
        let free = server.call(&FREE, keys);
        let free = places.iter().fold(free, |free, it| free.bytes(&named(it)));
        server.run(free).await?;
    }
    Ok(())
}
