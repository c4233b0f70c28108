//! Which connections are cut off, and where: [`Plan`].

use std::collections::BTreeMap;

use super::{Cut, Random, Way};

/// How many connections in a row may be cut off before they have got a client any further.
///
/// A server that lets a credential be used again, for an answer that was lost, does so a few times
/// only; a proxy that is worse than that looks like a thief.
const EARLY_IN_A_ROW: usize = 2;

/// The cuts for each stream: all connections with the same target.
#[derive(Debug)]
pub struct Plan {
    choice: Choice,
    /// Each of a stream's connections whose number is divisible by this is left alone.
    spared: Option<usize>,
    streams: BTreeMap<String, Stream>,
}

/// How the next cut is found.
#[derive(Debug)]
enum Choice {
    Listed(Vec<Cut>),
    Random {
        random: Random,
        /// How many cuts a stream gets.
        cuts: usize,
        /// The most whole blocks before a cut.
        blocks: usize,
        /// The most bytes after those.
        bytes: usize,
    },
}

/// What is known of a stream.
#[derive(Debug, Default)]
struct Stream {
    connections: usize,
    /// How many cuts in a row may have kept the client where it was.
    early_in_a_row: usize,
    /// The ways that are still to come.
    left: Vec<Way>,
    done: Vec<Way>,
}

impl Plan {
    /// No cut.
    pub fn none() -> Self {
        Self::listed(Vec::new())
    }

    /// These cuts, for the first connections of each stream.
    pub fn listed(cuts: Vec<Cut>) -> Self {
        Self::new(Choice::Listed(cuts))
    }

    /// This many cuts for each stream, as many in each way, and in any order. Each is after at
    /// most so many whole blocks, and at most so many bytes more.
    ///
    /// A stream's first connection passes one whole block at least: what opens it may be given
    /// once. Of all others, two in a row at most may be cut off within their first block, or be
    /// reset, which may make nothing of what came before it.
    pub fn random(seed: u64, cuts: usize, blocks: usize, bytes: usize) -> Self {
        Self::new(Choice::Random {
            random: Random::new(seed),
            cuts,
            blocks,
            bytes,
        })
    }

    /// The same, but that every so many connections of a stream one is left alone, for the server
    /// to end it. `every` is more than 1, and the server ends none before its first block.
    pub fn sparing(mut self, every: usize) -> Self {
        self.spared = Some(every);
        self
    }

    fn new(choice: Choice) -> Self {
        Self {
            choice,
            spared: None,
            streams: BTreeMap::new(),
        }
    }

    /// What is to be done to the next connection of a stream.
    pub(super) fn next(&mut self, target: &str) -> Option<Cut> {
        let stream = self.streams.entry(target.to_owned()).or_default();
        stream.connections += 1;
        let divides = |every| stream.connections.is_multiple_of(every);
        if self.spared.is_some_and(divides) {
            stream.early_in_a_row = 0;
            return None;
        }
        match &mut self.choice {
            Choice::Listed(cuts) => cuts.get(stream.connections - 1).copied(),
            Choice::Random {
                random,
                cuts,
                blocks,
                bytes,
            } => {
                if stream.connections == 1 {
                    stream.left = Way::ALL.into_iter().cycle().take(*cuts).collect();
                }
                let in_time = stream.connections == 1 || stream.early_in_a_row >= EARLY_IN_A_ROW;
                let cut = Cut {
                    way: stream.take_way(random, in_time)?,
                    blocks: random.below(*blocks + 1).max(usize::from(in_time)),
                    bytes: random.below(*bytes + 1),
                };
                let early = cut.blocks == 0 || cut.way == Way::Reset;
                stream.early_in_a_row = if early { stream.early_in_a_row + 1 } else { 0 };
                Some(cut)
            }
        }
    }

    /// A connection of this stream has been cut off.
    pub(super) fn done(&mut self, target: &str, way: Way) {
        let stream = self.streams.entry(target.to_owned()).or_default();
        stream.done.push(way);
    }

    /// What has been done to all streams.
    pub(super) fn all_done(&self) -> Vec<Way> {
        let streams = self.streams.values();
        streams.flat_map(|stream| stream.done.clone()).collect()
    }
}

impl Stream {
    /// Takes out one of the ways that are left, if there is one; no reset if that can be.
    ///
    /// If resets were left alone, too many would come in a row: they are taken while others are
    /// there to go between them.
    fn take_way(&mut self, random: &mut Random, no_reset: bool) -> Option<Way> {
        let resets = self.left.iter().filter(|way| **way == Way::Reset).count();
        let fits = |way: &Way| match (no_reset, 2 * resets >= self.left.len()) {
            (true, _) => *way != Way::Reset,
            (false, true) => *way == Way::Reset,
            (false, false) => true,
        };
        let fitting = self.left.iter().copied().filter(fits).count();
        if fitting == 0 {
            return self.left.pop();
        }
        let chosen = random.below(fitting);
        let mut places = self.left.iter().enumerate().filter(|(_, way)| fits(way));
        let place = places.nth(chosen)?.0;
        Some(self.left.remove(place))
    }
}
