//! Events that are appended to logs: by all writers to one log, and by each to its own.

mod bare;
mod ours;

use sse_gate_benches::{Contestant, compare};
use sse_gate_sqlite::Durability;

use crate::file::{sealed, unsealed};

const ROUNDS: usize = 9;

/// How many bytes of data an event has.
const DATA: usize = 100;

/// How many events each writer appends, one after the other.
type Appends = usize;

/// The writers of a file, and how many logs they write to.
#[derive(Clone, Copy)]
struct Setup {
    durability: Durability,
    writers: usize,
    logs: usize,
}

impl Setup {
    /// The log of a writer.
    fn log_of(self, writer: usize) -> usize {
        writer % self.logs
    }
}

pub(crate) fn run(durability: Durability) {
    for (writers, logs) in [(1, 1), (16, 1), (16, 16), (256, 1), (256, 256)] {
        let setup = Setup {
            durability,
            writers,
            logs,
        };
        let appends = match durability {
            Durability::Normal => 2_048,
            Durability::Full => 512.max(writers * 8),
        };
        let what = format!("{writers} writers, {logs} logs");
        compare(&what, ROUNDS, contestants(setup), || appends / writers);
    }
}

/// The bare ones first.
fn contestants(setup: Setup) -> Vec<Contestant<Appends>> {
    let one_thread = if setup.writers == 1 {
        "bare, one thread, a commit an append"
    } else {
        "bare, one thread, all writers a commit"
    };
    vec![
        bare::behind_a_mutex(setup),
        bare::on_one_thread(setup, one_thread),
        ours::contestant("ours, unsealed", unsealed(), setup),
        ours::contestant("ours, sealed", sealed(), setup),
    ]
}
