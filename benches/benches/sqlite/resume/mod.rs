//! Sessions that are resumed, one after the other.

mod bare;
mod ours;

use sse_gate_benches::{Contestant, compare};
use sse_gate_sqlite::Durability;

use crate::file::{sealed, unsealed};

const ROUNDS: usize = 15;

/// How many sessions each file has.
const SESSIONS: usize = 1_000;

/// The sessions that are resumed, in this order.
type Order = Vec<usize>;

pub(crate) fn run(durability: Durability) {
    let resumes = match durability {
        Durability::Normal => 1_000,
        Durability::Full => 250,
    };
    let order = || {
        let any = |_| rand::random_range(0..SESSIONS);
        (0..resumes).map(any).collect()
    };
    let what = "one client after another";
    compare(what, ROUNDS, contestants(durability), order);
}

/// The bare ones first.
fn contestants(durability: Durability) -> Vec<Contestant<Order>> {
    vec![
        bare::behind_a_mutex(durability),
        bare::on_one_thread(durability),
        ours::contestant("ours, unsealed", unsealed(), durability),
        ours::contestant("ours, sealed", sealed(), durability),
    ]
}
