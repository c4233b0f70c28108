//! The lines of a text, by the line ends of an event stream: [`Lines`].

use memchr::{memchr, memchr_iter};

use crate::ends::Ends;

/// Splits a text at each CRLF, LF and CR, into at least one line.
///
/// An event stream has these three line ends and no others (HTML standard, §9.2.5). A line end at the
/// end of the text is followed by one more line, which is empty: a client joins the lines with LF, so
/// the line end comes back. [`str::lines`] does neither.
#[derive(Debug, Clone)]
pub(crate) struct Lines<'a> {
    /// Where in the text the next line begins; `None` after the last line.
    start: Option<usize>,
    /// Where the next line ends; `None` if it ends with the text.
    end: Option<usize>,
    ends: Ends,
    text: &'a [u8],
}

impl<'a> Lines<'a> {
    /// Looks only for the end of the first line.
    #[inline]
    pub(crate) fn new(text: &'a str) -> Self {
        let text = text.as_bytes();
        let mut ends = Ends::from(0);
        Self {
            start: Some(0),
            end: ends.next(text),
            ends,
            text,
        }
    }

    /// The length of all lines together, if `more` bytes are added to each of them.
    ///
    /// On a 32-bit machine the length may exceed `usize::MAX`. Then it is `usize::MAX`, which no buffer
    /// can hold.
    #[inline]
    pub(crate) fn len_with(&self, more: usize) -> usize {
        if self.end.is_none() {
            return self.text.len().saturating_add(more);
        }
        // Counting is faster than walking, but a CR and an LF after it are one line end.
        if memchr(b'\r', self.text).is_none() {
            let ends = memchr_iter(b'\n', self.text).count();
            let more = more.saturating_mul(ends + 1);
            return more.saturating_add(self.text.len() - ends);
        }
        self.clone()
            .fold(0, |len: usize, line| len.saturating_add(line.len() + more))
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.start?;
        let Some(end) = self.end else {
            self.start = None;
            return Some(&self.text[start..]);
        };
        let mut next = end + 1;
        self.end = self.ends.next(self.text);
        if self.end == Some(next) && self.text[end..].starts_with(b"\r\n") {
            next += 1;
            self.end = self.ends.next(self.text);
        }
        self.start = Some(next);
        Some(&self.text[start..end])
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
            assert_eq!(Lines::new(text).collect::<Vec<_>>(), expected, "{text:?}");
            let len: usize = expected.iter().map(|line| line.len() + 7).sum();
            assert_eq!(Lines::new(text).len_with(7), len, "{text:?}");
        }
    }
}
