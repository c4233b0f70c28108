//! The items of a stream are results.

use futures_util::stream;
use sse_gate::prelude::*;

fn main() {
    let tick = Event::new().data("tick");
    SseBody::new(stream::iter([tick]));
}
