//! Tokens that are inserted and taken.

mod bare;
mod ours;

use sse_gate_benches::{Contestant, compare, token_entry};
use sse_gate_core::Entry;
use sse_gate_sqlite::Durability;

use crate::file::{sealed, unsealed};

const ROUNDS: usize = 15;

/// The entries of each caller's tokens.
type Shares = Vec<Vec<Entry>>;

pub(crate) fn run(durability: Durability) {
    for callers in [1, 16, 256] {
        let tokens = match durability {
            Durability::Normal => 4_096,
            Durability::Full => 512.max(callers * 8),
        };
        let entries = |caller| (0..tokens / callers).map(|_| token_entry(caller)).collect();
        let shares = || (0..callers).map(entries).collect();
        let what = format!("{callers} callers");
        compare(&what, ROUNDS, contestants(durability, callers), shares);
    }
}

/// The bare ones first.
fn contestants(durability: Durability, callers: usize) -> Vec<Contestant<Shares>> {
    let one_thread = if callers == 1 {
        "bare, one thread, a commit an operation"
    } else {
        "bare, one thread, all callers a commit"
    };
    vec![
        bare::behind_a_mutex(durability),
        bare::on_one_thread(durability, one_thread, callers),
        ours::contestant("ours, unsealed", unsealed(), durability),
        ours::contestant("ours, sealed", sealed(), durability),
    ]
}
