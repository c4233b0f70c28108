//! The lines of a text, as an event stream counts them.

/// Splits a text at each CRLF, LF and CR, into at least one line.
///
/// These are the three line ends of an event stream (HTML standard, §9.2.5), and no others. A
/// break at the end of the text is followed by one more line, which is empty: a client joins the
/// lines with LF, and only so does that break come back. Both differ from [`str::lines`].
pub(crate) fn lines(text: &str) -> Lines<'_> {
    Lines {
        rest: Some(text.as_bytes()),
    }
}

/// The iterator that [`lines`] returns: lines as bytes, without their ends.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let Some(end) = memchr::memchr2(b'\r', b'\n', rest) else {
            self.rest = None;
            return Some(rest);
        };
        let (line, after) = rest.split_at(end);
        self.rest = match after {
            [b'\r', b'\n', next @ ..] | [_, next @ ..] => Some(next),
            [] => None,
        };
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// H1, H3
    #[test]
    fn crlf_lf_and_cr_each_end_one_line_and_nothing_else_does() {
        let cases: [(&str, &[&str]); 12] = [
            ("", &[""]),
            ("one", &["one"]),
            ("one\ntwo", &["one", "two"]),
            ("one\rtwo", &["one", "two"]),
            ("one\r\ntwo", &["one", "two"]),
            ("one\n\rtwo", &["one", "", "two"]),
            ("one\r\r\ntwo", &["one", "", "two"]),
            ("one\n", &["one", ""]),
            ("\r\n\r\n", &["", "", ""]),
            ("\r", &["", ""]),
            (
                "\u{b}\u{c}\u{85}\u{2028}\u{2029}",
                &["\u{b}\u{c}\u{85}\u{2028}\u{2029}"],
            ),
            ("é\r\né", &["é", "é"]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|line| line.as_bytes()).collect();
            assert_eq!(lines(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }
}
