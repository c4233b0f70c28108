//! What a line says.

use core::ops::Range;

/// The kinds of lines, but the empty one (HTML standard, §9.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    Comment,
    Event,
    Data,
    Id,
    Retry,
    /// A field of another name, which is ignored.
    Other,
}

/// The kind of the line that stands there in a text and is not empty, and where in it its value
/// begins.
///
/// "If the line starts with a U+003A COLON character (:), ignore the line": all behind the colon
/// is the comment. Else the field's name ends at the first colon, or with the line; of its value
/// one space is left out at the start.
#[inline]
pub(super) fn read(text: &[u8], line: Range<usize>) -> (Line, usize) {
    // Most lines begin with one of three names, which a look at eight bytes tells. Some of those
    // may lie behind the line, and are no part of a name: the line's end comes before them.
    if let Some(head) = text.get(line.start..).and_then(<[u8]>::first_chunk) {
        let head = Head(u64::from_le_bytes(*head));
        if head.begins_with(b"data:") {
            return (Line::Data, head.value_at(5));
        }
        if head.begins_with(b"event:") {
            return (Line::Event, head.value_at(6));
        }
        if head.begins_with(b"id:") {
            return (Line::Id, head.value_at(3));
        }
    }
    read_any(&text[line])
}

/// The first eight bytes of a line, the first one lowest.
#[derive(Clone, Copy)]
struct Head(u64);

impl Head {
    #[inline]
    fn begins_with<const N: usize>(self, name: &[u8; N]) -> bool {
        let mut begin = [0; 8];
        begin[..N].copy_from_slice(name);
        let mask = u64::MAX >> (u64::BITS as usize - 8 * N);
        self.0 & mask == u64::from_le_bytes(begin)
    }

    /// Where the value begins behind a colon: there, or behind a space.
    #[inline]
    fn value_at(self, at: usize) -> usize {
        at + usize::from(self.0.to_le_bytes()[at] == b' ')
    }
}

/// The same for any line.
fn read_any(line: &[u8]) -> (Line, usize) {
    let longest = b"event:".len();
    let colon = line.iter().take(longest).position(|byte| *byte == b':');
    let kind = match &line[..colon.unwrap_or(line.len())] {
        b"" => return (Line::Comment, 1),
        b"data" => Line::Data,
        b"event" => Line::Event,
        b"id" => Line::Id,
        b"retry" => Line::Retry,
        _ => return (Line::Other, 0),
    };
    let value = match colon {
        Some(colon) => colon + 1 + usize::from(line.get(colon + 1) == Some(&b' ')),
        None => line.len(),
    };
    (kind, value)
}

/// The number of milliseconds of a `retry` field, if it counts.
///
/// "If the field value consists of only ASCII digits, then interpret the field value as an
/// integer in base ten": nothing is no integer. One that is too large for a `u64` becomes the
/// largest.
pub(super) fn milliseconds(value: &str) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.bytes().try_fold(0_u64, |number, digit| {
        let digit = char::from(digit).to_digit(10)?;
        Some(number.saturating_mul(10).saturating_add(digit.into()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn a_name_counts_only_as_a_whole_and_one_space_is_left_out() {
        let cases: [(&str, Line, usize); 23] = [
            (":", Line::Comment, 1),
            (": data", Line::Comment, 1),
            ("data", Line::Data, 4),
            ("data:", Line::Data, 5),
            ("data: ", Line::Data, 6),
            ("data:x", Line::Data, 5),
            ("data:  x", Line::Data, 6),
            ("data::", Line::Data, 5),
            ("event: x", Line::Event, 7),
            ("event", Line::Event, 5),
            ("id:7", Line::Id, 3),
            ("id", Line::Id, 2),
            ("retry: 1", Line::Retry, 7),
            ("retry", Line::Retry, 5),
            ("dat", Line::Other, 0),
            ("datas", Line::Other, 0),
            ("data : x", Line::Other, 0),
            (" data: x", Line::Other, 0),
            ("Data: x", Line::Other, 0),
            ("ids: x", Line::Other, 0),
            ("event\t:x", Line::Other, 0),
            ("retry\0", Line::Other, 0),
            ("x", Line::Other, 0),
        ];
        for (line, kind, value) in cases {
            // Alone, and with more text around it than is looked at.
            assert_eq!(
                read(line.as_bytes(), 0..line.len()),
                (kind, value),
                "{line:?}"
            );
            for end in ['\n', '\r'] {
                let text = format!("x: y\n{line}{end} data: z");
                let place = 5..5 + line.len();
                assert_eq!(read(text.as_bytes(), place), (kind, value), "{text:?}");
            }
        }
    }

    /// H6: numbers that no timer holds.
    #[test]
    fn milliseconds_are_digits_only_and_saturate() {
        let cases = [
            ("", None),
            ("0", Some(0)),
            ("007", Some(7)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", Some(u64::MAX)),
            ("999999999999999999999999", Some(u64::MAX)),
            ("1 ", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            ("1.5", None),
            ("a", None),
            ("١", None),
        ];
        for (value, expected) in cases {
            assert_eq!(milliseconds(value), expected, "{value:?}");
        }
    }
}
