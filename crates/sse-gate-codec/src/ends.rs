//! Where lines end.

use memchr::memchr2;
use wide::{CmpEq, i8x16};

/// How many bytes are looked at in one go: one for each bit of a mask.
const WINDOW: usize = u32::BITS as usize;

/// After as many windows without an end, a line is long, and a plain search is faster.
const SHORT: usize = 6;

/// The first CR or LF of a text at or behind `start`.
///
/// Lines of an event stream are short, some ten or hundred bytes, and a search that is made for long
/// texts costs more to begin than to do. So the first windows are looked at here. `is_long` says
/// that more than that has been there of the line before.
#[inline]
pub(crate) fn line_end(text: &[u8], start: usize, is_long: bool) -> Option<usize> {
    let mut at = start;
    if !is_long {
        for _ in 0..SHORT {
            let Some(window) = text.get(at..).and_then(<[u8]>::first_chunk) else {
                return last_end(text, at);
            };
            let ends = ends(window);
            if ends != 0 {
                return Some(at + ends.trailing_zeros() as usize);
            }
            at += WINDOW;
        }
    }
    Some(at + memchr2(b'\r', b'\n', text.get(at..)?)?)
}

/// The first CR or LF in the last, incomplete window of a text.
fn last_end(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    if let Some(window) = text.last_chunk() {
        // It overlaps with what was looked at before.
        let ends = ends(window) >> (WINDOW - rest.len());
        return (ends != 0).then(|| at + ends.trailing_zeros() as usize);
    }
    let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    Some(at + end)
}

/// A bit for each byte, the first one lowest: whether it is a CR or an LF.
#[inline]
fn ends(window: &[u8; WINDOW]) -> u32 {
    let (halves, _) = window.as_chunks();
    ends_of_half(&halves[0]) | ends_of_half(&halves[1]) << (WINDOW / 2)
}

/// The same for what fits into one register of any processor.
#[inline]
fn ends_of_half(bytes: &[u8; WINDOW / 2]) -> u32 {
    let bytes = i8x16::new(bytes.map(u8::cast_signed));
    let line_feeds = bytes.cmp_eq(i8x16::splat(b'\n'.cast_signed()));
    let carriage_returns = bytes.cmp_eq(i8x16::splat(b'\r'.cast_signed()));
    (line_feeds | carriage_returns).move_mask().cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    /// The same, found the slow way.
    fn one_by_one(text: &[u8], start: usize) -> Option<usize> {
        (start..text.len()).find(|at| matches!(text[*at], b'\r' | b'\n'))
    }

    #[test]
    #[cfg_attr(miri, ignore = "too many for Miri")]
    fn an_end_is_found_at_every_place_of_a_text_of_every_length() {
        for len in 0..=300 {
            let mut text = vec![b'x'; len];
            for is_long in [false, true] {
                assert_eq!(line_end(&text, 0, is_long), None, "{len}");
                assert_eq!(line_end(&text, len, is_long), None, "{len}");
            }
            for at in 0..len {
                for end in [b'\r', b'\n'] {
                    text[at] = end;
                    assert_eq!(line_end(&text, 0, false), Some(at), "{len}");
                    assert_eq!(line_end(&text, at, false), Some(at), "{len}");
                    assert_eq!(line_end(&text, at + 1, false), None, "{len}");
                    assert_eq!(line_end(&text, 0, true), Some(at), "{len}");
                    assert_eq!(line_end(&text, at + 1, true), None, "{len}");
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
            assert_eq!(line_end(&text, start, false), expected, "from {start}");
            assert_eq!(line_end(&text, start, true), expected, "from {start}");
        }
    }
}
