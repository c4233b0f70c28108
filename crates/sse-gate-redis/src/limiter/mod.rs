//! What the server does for places of open streams: one file for each operation, beside its script.
//!
//! | key | holds |
//! |---|---|
//! | `p:ends` | sorted set: places, by when they end |
//! | `p:of:TAG` | sorted set: places of a subject, by when they end |
//! | `p:owners` | hash: place → its subject's tag, and the generation of the connection that has it |
//!
//! A place that has ended no longer counts, whether it was removed or not: what is counted is what ends later than
//! now. Each claim and each renewal removes a few of those that have ended. A claim adds one and removes up to 32, so
//! they become fewer. **No step takes longer because many places are there, or have ended.**
//!
//! All scripts begin with `places.lua`.

mod claim;
mod free;
mod renew;
mod room;

pub(crate) use claim::claim;
pub(crate) use free::free;
pub(crate) use renew::renew;
pub(crate) use room::has_room;

use sse_gate_resume::backend::Place;

/// How many places one script renews or frees. For more, there are several calls: a script holds up all others.
const AT_A_TIME: usize = 256;

/// A place with its generation, as the scripts take it.
fn named(place: &Place) -> Vec<u8> {
    let generation = place.generation.to_be_bytes();
    [&place.id.to_bytes()[..], &generation].concat()
}
