//! Where lines end: [`Ends`].

use memchr::memchr2;
use wide::{CmpEq, i8x16, u8x16};

/// How many bytes one step looks at: one for each bit of a mask.
const WINDOW: usize = u64::BITS as usize;

/// How many bytes fit into a register.
const PART: usize = 16;

/// After this many windows without an end, the line is long and a plain search is faster.
const SHORT: usize = 3;

/// Finds each CR and LF of a text, in order.
///
/// The lines of an event stream are short, often less than a hundred bytes, and a search for long texts
/// costs more to start than to run. So the ends are found in one window after the other, and a mask
/// keeps the ends of the current window.
#[derive(Debug, Clone)]
pub(crate) struct Ends {
    /// The ends in the current window that were not returned yet. The first byte has the lowest bit.
    found: u64,
    /// Where the next window begins. The current window is just before it.
    next: usize,
}

#[expect(
    clippy::inline_always,
    reason = "the loops that find lines are where the time goes"
)]
impl Ends {
    /// The ends at or after `start`.
    #[inline]
    pub(crate) fn from(start: usize) -> Self {
        Self {
            found: 0,
            next: start,
        }
    }

    /// The ends at or after `start`, if the first of them is probably far away.
    #[inline]
    pub(crate) fn far_from(start: usize, text: &[u8]) -> Self {
        let rest = text.get(start..).unwrap_or_default();
        let far = memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        Self::from(start + far)
    }

    /// The next end in `text`. The text must be the same in each call.
    #[inline(always)]
    pub(crate) fn next(&mut self, text: &[u8]) -> Option<usize> {
        if self.found == 0 && !self.search(text) {
            return None;
        }
        let end = self.next - WINDOW + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        Some(end)
    }

    /// Goes on to the next window that has an end. Returns `false` if there is none.
    #[inline(always)]
    fn search(&mut self, text: &[u8]) -> bool {
        loop {
            for _ in 0..SHORT {
                let Some(window) = text.get(self.next..).and_then(<[u8]>::first_chunk) else {
                    self.found = ends_from(self.next, text);
                    self.next += WINDOW;
                    return self.found != 0;
                };
                self.next += WINDOW;
                if may_have_ends(window) {
                    self.found = ends(window);
                    if self.found != 0 {
                        return true;
                    }
                }
            }
            if text.len() > self.next + SHORT * WINDOW {
                *self = Self::far_from(self.next, text);
            }
        }
    }
}

/// Whether a window has a byte that is not above CR. It takes a third of the time of [`ends`], and most
/// windows without an end have only bytes above: a tab is the only other character in use.
#[inline]
fn may_have_ends(window: &[u8; WINDOW]) -> bool {
    let (parts, _) = window.as_chunks::<PART>();
    let [a, b, c, d] = [0, 1, 2, 3].map(|part| u8x16::new(parts[part]));
    let least = a.min(b).min(c.min(d));
    least.min(u8x16::splat(b'\r')).cmp_eq(least).any()
}

/// A bit for each byte that tells whether it is a CR or an LF. The first byte has the lowest bit.
#[inline]
fn ends(window: &[u8; WINDOW]) -> u64 {
    let (parts, _) = window.as_chunks();
    ends_of_part(&parts[0])
        | ends_of_part(&parts[1]) << PART
        | ends_of_part(&parts[2]) << (2 * PART)
        | ends_of_part(&parts[3]) << (3 * PART)
}

/// A bit for each byte of the end of a text, which is shorter than a window.
///
/// This happens once for each text. It is not inlined, so that the loops around it keep their
/// registers.
#[inline(never)]
fn ends_from(start: usize, text: &[u8]) -> u64 {
    let rest = text.get(start..).unwrap_or_default();
    match (text.last_chunk(), rest.last_chunk()) {
        _ if rest.is_empty() => 0,
        // The bits of the bytes before `start` are dropped.
        (Some(window), _) => ends(window) >> (WINDOW - rest.len()),
        (None, Some(last)) => {
            let (parts, _) = rest.as_chunks();
            let parts = parts.iter().zip((0..).step_by(PART));
            // Bytes in both the parts and the last chunk set the same bits.
            let last = ends_of_part(last) << (rest.len() - PART);
            parts.fold(last, |found, (part, at)| found | ends_of_part(part) << at)
        }
        (None, None) => rest.iter().zip(0..).fold(0, |found, (byte, at)| {
            found | u64::from(matches!(byte, b'\r' | b'\n')) << at
        }),
    }
}

/// A bit for each byte of what fits into one register of any processor.
#[inline]
fn ends_of_part(bytes: &[u8; PART]) -> u64 {
    let bytes = i8x16::new(bytes.map(u8::cast_signed));
    let line_feeds = bytes.cmp_eq(i8x16::splat(b'\n'.cast_signed()));
    let carriage_returns = bytes.cmp_eq(i8x16::splat(b'\r'.cast_signed()));
    let ends = (line_feeds | carriage_returns).move_mask();
    u64::from(ends.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    fn all(mut ends: Ends, text: &[u8]) -> Vec<usize> {
        core::iter::from_fn(|| ends.next(text)).collect()
    }

    /// The ends, found one byte after the other.
    fn one_by_one(text: &[u8], start: usize) -> Vec<usize> {
        let is_end = |at: &usize| matches!(text[*at], b'\r' | b'\n');
        (start..text.len()).filter(is_end).collect()
    }

    #[test]
    #[cfg_attr(miri, ignore = "too many for Miri")]
    fn an_end_is_found_at_every_place_of_a_text_of_every_length() {
        for len in 0..=4 * WINDOW {
            let mut text = vec![b'x'; len];
            let none: [usize; 0] = [];
            assert_eq!(all(Ends::from(0), &text), none, "{len}");
            assert_eq!(all(Ends::far_from(0, &text), &text), none, "{len}");
            for at in 0..len {
                for end in [b'\r', b'\n'] {
                    text[at] = end;
                    for start in [0, at] {
                        assert_eq!(all(Ends::from(start), &text), [at], "{len}");
                        assert_eq!(all(Ends::far_from(start, &text), &text), [at], "{len}");
                    }
                    assert_eq!(all(Ends::from(at + 1), &text), none, "{len}");
                    assert_eq!(all(Ends::far_from(at + 1, &text), &text), none, "{len}");
                }
                text[at] = b'x';
            }
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "too many for Miri")]
    fn every_byte_but_two_is_no_end() {
        let text: Vec<u8> = (0..=u8::MAX).cycle().take(1000).collect();
        for start in 0..=1000 {
            let expected = one_by_one(&text, start);
            assert_eq!(all(Ends::from(start), &text), expected, "from {start}");
            assert_eq!(
                all(Ends::far_from(start, &text), &text),
                expected,
                "far from {start}"
            );
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "too many for Miri")]
    fn ends_are_found_however_near_to_each_other_they_are() {
        for apart in 1..=5 * WINDOW {
            let mut text = vec![b'x'; 10 * apart];
            for end in text.iter_mut().step_by(apart) {
                *end = b'\n';
            }
            assert_eq!(
                all(Ends::from(0), &text),
                one_by_one(&text, 0),
                "{apart} apart"
            );
        }
    }
}
