//! Probes in a cluster: [`Copies`] counts how many copies of each have come.
//!
//! A subscriber hears each primary's notices in their order, but not those of one before those of another. So a probe is
//! published on all primaries, with how many there are behind it, and counts when that many copies have come: then all
//! that was published before it on any of them has come, too.

use std::collections::VecDeque;

use sse_gate_resume::backend::Notice;

/// So many probes are under way at most. A node that sends more has given up the first ones.
const MAX: usize = 64;

/// Puts the number of copies behind a probe.
pub(crate) fn with_copies(probe: Notice, copies: usize) -> Vec<u8> {
    let mut bytes = probe.to_bytes();
    bytes.push(u8::try_from(copies).unwrap_or(u8::MAX));
    bytes
}

/// The probes that still lack a copy.
#[derive(Debug, Default)]
pub(crate) struct Copies(VecDeque<(Notice, u8)>);

impl Copies {
    /// The notice that is in a message, if it counts now.
    pub(crate) fn hear(&mut self, message: &[u8]) -> Option<Notice> {
        if let Some(notice) = Notice::from_bytes(message) {
            return Some(notice);
        }
        let (copies, probe) = message.split_last()?;
        let probe = Notice::from_bytes(probe)?;
        let place = self.0.iter().position(|(waiting, _)| *waiting == probe);
        let heard = place.map_or(1, |place| self.0[place].1.saturating_add(1));
        match place {
            Some(place) if heard >= *copies => {
                self.0.remove(place);
            }
            Some(place) => self.0[place].1 = heard,
            None if heard >= *copies => {}
            None => {
                if self.0.len() == MAX {
                    self.0.pop_front();
                }
                self.0.push_back((probe, heard));
            }
        }
        (heard >= *copies).then_some(probe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sse_gate_resume::backend::NodeId;

    fn probe(number: u64) -> Notice {
        let listener = NodeId::from_bytes([1; 8]);
        Notice::Probe { listener, number }
    }

    /// I19
    #[test]
    fn a_probe_counts_when_all_copies_have_come() {
        let mut copies = Copies::default();
        let (one, two) = (with_copies(probe(1), 3), with_copies(probe(2), 2));
        assert_eq!(copies.hear(&one), None);
        assert_eq!(copies.hear(&two), None);
        assert_eq!(copies.hear(&one), None);
        assert_eq!(copies.hear(&two), Some(probe(2)));
        assert_eq!(copies.hear(&one), Some(probe(1)));
        assert!(copies.0.is_empty());
        assert_eq!(copies.hear(&with_copies(probe(3), 1)), Some(probe(3)));
        assert!(copies.0.is_empty(), "nothing waits for more copies");
    }

    #[test]
    fn other_notices_and_garbage_wait_for_nothing() {
        let mut copies = Copies::default();
        assert_eq!(copies.hear(&probe(1).to_bytes()), Some(probe(1)));
        for garbage in [&b""[..], b"x", &[0; 40]] {
            assert_eq!(copies.hear(garbage), None);
        }
        for number in 0..1_000 {
            assert_eq!(copies.hear(&with_copies(probe(number), 2)), None);
        }
        assert_eq!(copies.0.len(), MAX);
    }
}
