//! A turn of a contestant: [`Turn`], [`Contestant`].

use std::time::Instant;

use rand::RngExt;
use sse_gate_core::Entry;

/// What to do: each of `callers` inserts and takes its share of `tokens`.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) callers: usize,
    pub(crate) tokens: usize,
}

/// Does turns.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    run: Box<dyn FnMut(usize, Vec<Vec<Entry>>)>,
}

impl Contestant {
    /// `run` gets the number of callers, and for each of them the entries of its tokens.
    pub(crate) fn new(
        name: &'static str,
        run: impl FnMut(usize, Vec<Vec<Entry>>) + 'static,
    ) -> Self {
        let run = Box::new(run);
        Self { name, run }
    }

    /// Runs a turn. Returns tokens a second.
    pub(crate) fn run(&mut self, turn: Turn) -> f64 {
        let share = turn.tokens / turn.callers;
        let entries = |caller| (0..share).map(|_| entry(caller)).collect();
        let shares = (0..turn.callers).map(entries).collect();
        let start = Instant::now();
        (self.run)(turn.callers, shares);
        turn.tokens as f64 / start.elapsed().as_secs_f64()
    }
}

/// An entry of the caller without a payload, in the layout that `Entry` documents.
pub(crate) fn entry(caller: usize) -> Entry {
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
