//! Where lines end.

use memchr::memchr2;
use wide::{CmpEq, i8x16};

/// How many bytes are looked at in one go: one for each bit of a mask.
const WINDOW: usize = u64::BITS as usize;

/// After as many windows without an end, a line is long, and a plain search is faster.
const SHORT: usize = 3;

/// The places of all CR and LF in a text, in their order.
///
/// Lines of an event stream are short, some ten or hundred bytes, and a search for the next end
/// costs more to begin than to do. So the ends of 64 bytes at a time are kept as a mask of bits.
#[derive(Debug, Default)]
pub(super) struct LineEnds {
    /// The ends that are found and not yet returned: a bit for each byte from `base` on.
    mask: u64,
    base: usize,
    /// From here on, nothing is looked at yet.
    next: usize,
}

impl LineEnds {
    /// The next CR or LF of `text`, which must be the same text at each call.
    #[inline]
    pub(super) fn next(&mut self, text: &[u8]) -> Option<usize> {
        if self.mask == 0 {
            self.look_on(text)?;
        }
        let end = self.base + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(end)
    }

    /// Goes on to the next window that has ends.
    fn look_on(&mut self, text: &[u8]) -> Option<()> {
        for _ in 0..SHORT {
            if self.look_at_window(text)? {
                return Some(());
            }
        }
        self.next += memchr2(b'\r', b'\n', text.get(self.next..)?)?;
        self.look_at_window(text).map(|_| ())
    }

    /// Fills the mask with the ends of the window at `next`; whether there are any.
    #[inline]
    fn look_at_window(&mut self, text: &[u8]) -> Option<bool> {
        let rest = text.get(self.next..)?;
        self.base = self.next;
        if let Some(window) = rest.first_chunk() {
            self.mask = mask(window);
            self.next += WINDOW;
        } else if rest.is_empty() {
            return None;
        } else {
            // The last window overlaps with the one before it; without one, it is filled up.
            self.mask = if let Some(window) = text.last_chunk() {
                mask(window) >> (WINDOW - rest.len())
            } else {
                let mut window = [0; WINDOW];
                window[..rest.len()].copy_from_slice(rest);
                mask(&window)
            };
            self.next = text.len();
        }
        Some(self.mask != 0)
    }
}

/// A bit for each byte, the first one lowest: whether it is a CR or an LF.
#[inline]
fn mask(window: &[u8; WINDOW]) -> u64 {
    let (lanes, _) = window.as_chunks::<16>();
    let mut mask = 0;
    for (lane, at) in lanes.iter().zip((0..).step_by(16)) {
        let bytes = i8x16::new(lane.map(u8::cast_signed));
        let ends = bytes.cmp_eq(i8x16::splat(b'\n'.cast_signed()))
            | bytes.cmp_eq(i8x16::splat(b'\r'.cast_signed()));
        // One bit for each of the 16 lanes.
        mask |= u64::from(ends.move_mask().cast_unsigned()) << at;
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// What [`LineEnds`] returns, found the slow way.
    fn one_by_one(text: &[u8]) -> Vec<usize> {
        let is_end = |at: &usize| matches!(text[*at], b'\r' | b'\n');
        (0..text.len()).filter(is_end).collect()
    }

    fn all(text: &[u8]) -> Vec<usize> {
        let mut ends = LineEnds::default();
        core::iter::from_fn(|| ends.next(text)).collect()
    }

    #[test]
    fn an_end_is_found_at_every_place_of_a_text_of_every_length() {
        for len in 0..=330 {
            let mut text = alloc::vec![b'x'; len];
            assert!(all(&text).is_empty(), "{len}");
            for at in 0..len {
                for end in [b'\r', b'\n'] {
                    text[at] = end;
                    assert_eq!(all(&text), [at], "{len}");
                }
                text[at] = b'x';
            }
        }
    }

    #[test]
    fn every_byte_but_two_is_no_end() {
        let text: Vec<u8> = (0..=u8::MAX).cycle().take(1000).collect();
        assert_eq!(all(&text), one_by_one(&text));
    }

    #[test]
    fn ends_that_are_dense_and_ends_that_are_far_apart_are_all_found() {
        for gap in 1..300 {
            let text: Vec<u8> = (0..2000)
                .map(|at| if at % gap == gap - 1 { b'\n' } else { b'\x0b' })
                .collect();
            assert_eq!(all(&text), one_by_one(&text), "{gap}");
        }
    }

    #[test]
    fn nothing_is_found_after_the_last_end() {
        let mut ends = LineEnds::default();
        let text = b"one\ntwo";
        assert_eq!(ends.next(text), Some(3));
        assert_eq!(ends.next(text), None);
        assert_eq!(ends.next(text), None);
    }
}
