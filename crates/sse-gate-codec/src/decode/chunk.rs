//! The bytes of a chunk, borrowed or shared: [`Chunk`].

use core::ops::Deref;

use bytes::{Buf, Bytes};
use bytestring::ByteString;

/// The part of a chunk that has not been read yet.
pub(super) trait Chunk: Deref<Target = [u8]> {
    /// A part of the chunk that is text. It is made without a copy.
    type Text: Deref<Target = str> + Default;

    /// The first `len` bytes as text, if they are UTF-8. They stay in the chunk.
    ///
    /// Stops at the first error, so that a chunk full of errors takes linear time.
    fn text(&self, len: usize) -> Result<Self::Text, Invalid>;

    /// Drops the first `len` bytes.
    fn skip(&mut self, len: usize);
}

/// The first bytes that are not UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Invalid {
    /// Where these bytes begin.
    pub(super) at: usize,
    /// How many bytes: a maximal subpart, or as much of one as the text ends with.
    pub(super) len: usize,
}

impl<'c> Chunk for &'c [u8] {
    type Text = &'c str;

    #[inline]
    fn text(&self, len: usize) -> Result<&'c str, Invalid> {
        simdutf8::compat::from_utf8(&self[..len]).map_err(|error| Invalid {
            at: error.valid_up_to(),
            len: error.error_len().unwrap_or(len - error.valid_up_to()),
        })
    }

    fn skip(&mut self, len: usize) {
        *self = &self[len..];
    }
}

impl Chunk for Bytes {
    type Text = ByteString;

    #[inline]
    fn text(&self, len: usize) -> Result<ByteString, Invalid> {
        ByteString::try_from(self.slice(..len)).map_err(|error| Invalid {
            at: error.valid_up_to(),
            len: error.error_len().unwrap_or(len - error.valid_up_to()),
        })
    }

    fn skip(&mut self, len: usize) {
        self.advance(len);
    }
}
