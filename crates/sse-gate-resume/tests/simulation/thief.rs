//! A thief with a copy of what a client holds: [`steal`].

use crate::client::Holdings;
use crate::network::{Pipe, Response};
use crate::world::World;

/// Shows what a client holds, or held a while ago, and its token alone.
pub(crate) async fn steal(world: World, holdings: Holdings) {
    for _ in 0..4 {
        world.executor.sleep(world.chance.millis(6_000)).await;
        let Some(mut copy) = holdings.lock().unwrap().clone() else {
            continue;
        };
        if world.chance.permille(300) {
            world.executor.sleep(world.chance.millis(4_000)).await;
        }
        if world.chance.permille(300) {
            copy.id = None;
        }
        let Some(node) = world.any_node() else {
            continue;
        };
        world.ledger.tally(|tally| tally.thefts += 1);
        let pipe = Pipe::default();
        node.serve(copy, Response(pipe.clone()));
        world.executor.sleep(world.chance.millis(3_000)).await;
        pipe.leave();
    }
}
