//! Whether there is room.

use sse_gate_resume::StreamLimits;
use sse_gate_resume::backend::PlaceId;

use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::reply::number;
use crate::server::{Script, Server};

static ROOM: Script = Script::new(concat!(
    include_str!("../server/shared.lua"),
    include_str!("places.lua"),
    include_str!("room.lua")
));

/// Whether there is room for a place: see
/// [`StreamLimiter::has_room`](sse_gate_resume::backend::StreamLimiter::has_room).
pub(crate) async fn has_room(
    server: &Server,
    keys: &Keyspace,
    limits: &StreamLimits,
    id: PlaceId,
) -> Result<bool, Fault> {
    let ask = server
        .call(&ROOM, keys)
        .bytes(&id.to_bytes())
        .number(limits.max());
    Ok(number(server.run(ask).await?)? == 1)
}
