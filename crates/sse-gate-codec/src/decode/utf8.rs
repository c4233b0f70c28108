//! From bytes to text, piece by piece: [`Utf8`].

use core::mem;
use core::ops::Deref;

use super::chunk::Chunk;

/// The byte order mark, U+FEFF.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// "UTF-8 decode" of the [Encoding standard] for bytes that come in chunks.
///
/// One byte order mark at the start is left out. Bytes that are not UTF-8 become U+FFFD, one for each
/// *maximal subpart*: the longest run of bytes that could begin a character, or else a single byte. A
/// character that the end of a chunk cuts is completed by the next chunk.
///
/// [Encoding standard]: https://encoding.spec.whatwg.org/#utf-8-decode
#[derive(Debug, Clone, Default)]
pub(super) struct Utf8 {
    /// Whether anything has been read. A byte order mark is an ordinary character then.
    started: bool,
    /// The start of a character, from earlier chunks.
    begun: [u8; 4],
    /// How many bytes of `begun` are in use.
    len: usize,
}

/// The next part of a decoded stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<T> {
    /// A text that is in the chunk.
    Text(T),
    /// A character that is not in the chunk: it came in parts, or it is U+FFFD. It is never a line
    /// end.
    Char(char),
}

impl<T: Deref<Target = str>> Piece<T> {
    /// The text, or the character in `room`.
    pub(super) fn as_str<'a>(&'a self, room: &'a mut [u8; 4]) -> &'a str {
        match self {
            Self::Text(text) => text,
            Self::Char(character) => character.encode_utf8(room),
        }
    }
}

impl Utf8 {
    /// Whether a character has begun and is not complete yet.
    pub(super) fn is_in_character(&self) -> bool {
        self.len > 0
    }

    /// Takes the next piece from the start of a chunk; `None` if the chunk has no more.
    ///
    /// The last `tail` bytes are left where they are. What is before them ends with a line end, if there
    /// are any.
    #[inline]
    pub(super) fn next<C: Chunk>(&mut self, chunk: &mut C, tail: usize) -> Option<Piece<C::Text>> {
        if self.len > 0 {
            let character = self.complete(chunk)?;
            if mem::replace(&mut self.started, true) || character != '\u{feff}' {
                return Some(Piece::Char(character));
            }
        }
        if !self.started && chunk.starts_with(BOM) {
            chunk.skip(BOM.len());
            self.started = true;
        }
        let len = chunk.len() - tail;
        let whole = len - cut(&chunk[..len]);
        if whole == 0 {
            self.len = chunk.len();
            self.begun[..self.len].copy_from_slice(chunk);
            chunk.skip(self.len);
            return None;
        }
        self.started = true;
        let invalid = match chunk.text(whole) {
            Ok(text) => return Some(take(chunk, text)),
            Err(invalid) => invalid,
        };
        if invalid.at > 0
            && let Ok(text) = chunk.text(invalid.at)
        {
            return Some(take(chunk, text));
        }
        chunk.skip(invalid.len);
        Some(Piece::Char(char::REPLACEMENT_CHARACTER))
    }

    /// Completes the character that has begun with bytes from the start of `chunk`.
    fn complete<C: Chunk>(&mut self, chunk: &mut C) -> Option<char> {
        loop {
            self.begun[self.len] = *chunk.first()?;
            match str::from_utf8(&self.begun[..=self.len]) {
                Ok(text) => {
                    chunk.skip(1);
                    self.len = 0;
                    return text.chars().next();
                }
                Err(error) if error.error_len().is_none() => {
                    chunk.skip(1);
                    self.len += 1;
                }
                // The bytes so far are a maximal subpart. The next byte is read again, on its own.
                Err(_) => {
                    self.len = 0;
                    return Some(char::REPLACEMENT_CHARACTER);
                }
            }
        }
    }
}

/// Takes a text from the chunk that begins with it.
fn take<C: Chunk>(chunk: &mut C, text: C::Text) -> Piece<C::Text> {
    chunk.skip(text.len());
    Piece::Text(text)
}

/// How many bytes at the end are the start of a character that is not complete.
fn cut(bytes: &[u8]) -> usize {
    for (back, byte) in (1..=3).zip(bytes.iter().rev()) {
        match byte {
            ..0x80 => return 0,
            0x80..0xC0 => {}
            0xC0.. => {
                let last = str::from_utf8(&bytes[bytes.len() - back..]);
                let is_begun = last.is_err_and(|error| error.error_len().is_none());
                return if is_begun { back } else { 0 };
            }
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use bytes::Bytes;

    /// The text of all chunks together.
    fn decode<C: Chunk>(chunks: impl IntoIterator<Item = C>) -> String {
        let (mut utf8, mut decoded) = (Utf8::default(), String::new());
        for mut chunk in chunks {
            while let Some(piece) = utf8.next(&mut chunk, 0) {
                match piece {
                    Piece::Text(text) => {
                        assert!(!text.is_empty());
                        decoded.push_str(&text);
                    }
                    Piece::Char(character) => decoded.push(character),
                }
            }
            assert!(chunk.is_empty());
        }
        decoded
    }

    /// What the standard library makes of a stream, without an incomplete character at the end.
    fn expected(stream: &[u8]) -> String {
        let stream = stream.strip_prefix(BOM).unwrap_or(stream);
        String::from_utf8_lossy(&stream[..stream.len() - cut(stream)]).into_owned()
    }

    /// H4: four bytes, of every kind in every order, cut at each place.
    #[test]
    #[cfg_attr(miri, ignore = "too many for Miri")]
    fn bytes_that_are_no_text_become_the_same_characters_however_they_are_cut() {
        // The bytes on both sides of each border in table 3-7 of the Unicode standard.
        let kinds = [
            b'a', b'\n', 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBB, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
            0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ];
        for number in 0..kinds.len().pow(4) {
            let kind = |place: u32| kinds[number / kinds.len().pow(place) % kinds.len()];
            let stream = [kind(3), kind(2), kind(1), kind(0)];
            let expected = expected(&stream);
            assert_eq!(decode([&stream[..]]), expected, "{stream:x?}");
            assert_eq!(decode(stream.chunks(1)), expected, "{stream:x?}");
            assert_eq!(decode(stream.chunks(2)), expected, "{stream:x?}");
            assert_eq!(decode(stream.chunks(3)), expected, "{stream:x?}");
            let shared = Bytes::copy_from_slice(&stream);
            assert_eq!(decode([shared]), expected, "{stream:x?}");
        }
    }

    /// H4
    #[test]
    fn a_byte_order_mark_is_left_out_once_at_the_start_and_nowhere_else() {
        for (stream, expected) in [
            ("\u{feff}", ""),
            ("\u{feff}x", "x"),
            ("\u{feff}\u{feff}x", "\u{feff}x"),
            ("x\u{feff}", "x\u{feff}"),
            ("\n\u{feff}", "\n\u{feff}"),
        ] {
            for len in 1..=stream.len() {
                let chunks = stream.as_bytes().chunks(len);
                assert_eq!(decode(chunks), expected, "{stream:?} by {len}");
            }
        }
        // Bytes that only begin like a byte order mark.
        assert_eq!(decode([&b"\xEF"[..], b"\xBB", b"x"]), "\u{fffd}x");
        assert_eq!(
            decode([&b"\xFF"[..], b"\xEF", b"\xBB\xBF"]),
            "\u{fffd}\u{feff}"
        );
    }
}
