//! What a line says.

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

/// The kind of a line that is not empty, and where in it its value begins.
///
/// "If the line starts with a U+003A COLON character (:), ignore the line": all behind the colon
/// is the comment. Else the field's name ends at the first colon, or with the line; of its value
/// one space is left out at the start.
#[inline]
pub(super) fn read(line: &[u8]) -> (Line, usize) {
    // Four bytes at once: that is quicker than one by one.
    let (kind, name) = match line.first_chunk() {
        Some(b"data") => (Line::Data, 4),
        Some(b"even") if line.get(4) == Some(&b't') => (Line::Event, 5),
        Some(b"retr") if line.get(4) == Some(&b'y') => (Line::Retry, 5),
        _ if line.starts_with(b"id") => (Line::Id, 2),
        _ if line.starts_with(b":") => return (Line::Comment, 1),
        _ => return (Line::Other, 0),
    };
    match line.get(name) {
        Some(b':') => (
            kind,
            name + 1 + usize::from(line.get(name + 1) == Some(&b' ')),
        ),
        Some(_) => (Line::Other, 0),
        None => (kind, name),
    }
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
            assert_eq!(read(line.as_bytes()), (kind, value), "{line:?}");
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
