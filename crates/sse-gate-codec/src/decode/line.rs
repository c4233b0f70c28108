//! The field and the value of a line.

use core::ops::Range;

/// The kinds of lines that are not empty (HTML standard, §9.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    Comment,
    Event,
    Data,
    Id,
    Retry,
    /// A field of another name, which is ignored.
    Other,
}

/// The kind of a line that is not empty, and where in the line its value begins. `line` is the place
/// of the line in `text`.
///
/// "If the line starts with a U+003A COLON character (:), ignore the line": the text after the colon
/// is the comment. Any other line is a field. Its name ends at the first colon, or with the line. One
/// space after the colon is not part of the value.
#[inline]
pub(super) fn parse(text: &[u8], line: Range<usize>) -> (LineKind, usize) {
    // Most lines begin with one of three names. A comparison of eight bytes finds them. The bytes
    // after a short line can't complete a name, because the line's end comes before them.
    if let Some(head) = text.get(line.start..).and_then(<[u8]>::first_chunk) {
        let head = Head(u64::from_le_bytes(*head));
        if head.begins_with(b"data:") {
            return (LineKind::Data, head.value_at(5));
        }
        if head.begins_with(b"event:") {
            return (LineKind::Event, head.value_at(6));
        }
        if head.begins_with(b"id:") {
            return (LineKind::Id, head.value_at(3));
        }
    }
    parse_any(&text[line])
}

/// The first eight bytes of a line. The first byte is the lowest.
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

    /// Where the value begins, if the byte before `at` is the colon: at `at`, or after a space.
    #[inline]
    fn value_at(self, at: usize) -> usize {
        at + usize::from(self.0.to_le_bytes()[at] == b' ')
    }
}

/// Does what [`parse`] does, for any line.
fn parse_any(line: &[u8]) -> (LineKind, usize) {
    let longest = b"event:".len();
    let colon = line.iter().take(longest).position(|byte| *byte == b':');
    let kind = match &line[..colon.unwrap_or(line.len())] {
        b"" => return (LineKind::Comment, 1),
        b"data" => LineKind::Data,
        b"event" => LineKind::Event,
        b"id" => LineKind::Id,
        b"retry" => LineKind::Retry,
        _ => return (LineKind::Other, 0),
    };
    let value = match colon {
        Some(colon) => colon + 1 + usize::from(line.get(colon + 1) == Some(&b' ')),
        None => line.len(),
    };
    (kind, value)
}

/// The number of milliseconds of a `retry` field, if the value is a number.
///
/// "If the field value consists of only ASCII digits, then interpret the field value as an
/// integer in base ten": an empty value is no integer. A number that is too large for a `u64` becomes
/// `u64::MAX`.
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
        let cases: [(&str, LineKind, usize); 23] = [
            (":", LineKind::Comment, 1),
            (": data", LineKind::Comment, 1),
            ("data", LineKind::Data, 4),
            ("data:", LineKind::Data, 5),
            ("data: ", LineKind::Data, 6),
            ("data:x", LineKind::Data, 5),
            ("data:  x", LineKind::Data, 6),
            ("data::", LineKind::Data, 5),
            ("event: x", LineKind::Event, 7),
            ("event", LineKind::Event, 5),
            ("id:7", LineKind::Id, 3),
            ("id", LineKind::Id, 2),
            ("retry: 1", LineKind::Retry, 7),
            ("retry", LineKind::Retry, 5),
            ("dat", LineKind::Other, 0),
            ("datas", LineKind::Other, 0),
            ("data : x", LineKind::Other, 0),
            (" data: x", LineKind::Other, 0),
            ("Data: x", LineKind::Other, 0),
            ("ids: x", LineKind::Other, 0),
            ("event\t:x", LineKind::Other, 0),
            ("retry\0", LineKind::Other, 0),
            ("x", LineKind::Other, 0),
        ];
        for (line, kind, value) in cases {
            // The line alone, and the line with more text around it than `parse` looks at.
            assert_eq!(
                parse(line.as_bytes(), 0..line.len()),
                (kind, value),
                "{line:?}"
            );
            for end in ['\n', '\r'] {
                let text = format!("x: y\n{line}{end} data: z");
                let place = 5..5 + line.len();
                assert_eq!(parse(text.as_bytes(), place), (kind, value), "{text:?}");
            }
        }
    }

    /// H6: numbers that are too large for a timer.
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
