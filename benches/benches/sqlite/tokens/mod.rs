//! Tokens that are inserted and taken.

mod bare;
mod ours;

use rand::RngExt;
use sse_gate_core::Entry;
use sse_gate_sqlite::Durability;

use crate::file::{sealed, unsealed};
use crate::turn::{Contestant, compare};

const ROUNDS: usize = 15;

/// The entries of each caller's tokens.
type Shares = Vec<Vec<Entry>>;

pub(crate) fn run(durability: Durability) {
    for callers in [1, 16, 256] {
        let tokens = match durability {
            Durability::Normal => 4_096,
            Durability::Full => 512.max(callers * 8),
        };
        let entries = |caller| (0..tokens / callers).map(|_| entry(caller)).collect();
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

/// An entry of the caller without a payload, in the layout that `Entry` documents.
fn entry(caller: usize) -> Entry {
    let (subject, resource) = (format!("{caller:016}"), [b'r'; 24]);
    let key: [u8; 32] = rand::rng().random();
    let mut bytes = vec![2, 0];
    bytes.extend_from_slice(&key);
    // No end for the token and the stream, and the epoch before all withdrawals.
    bytes.extend_from_slice(&[0xff; 24]);
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(&[0, 16, 0, 26]);
    bytes.extend_from_slice(subject.as_bytes());
    // A resource is its parts, each behind its length.
    bytes.extend_from_slice(&[0, 24]);
    bytes.extend_from_slice(&resource);
    Entry::from_bytes(bytes).expect("the layout of an entry")
}
