//! Bytes as they come in, borrowed or shared: [`Chunk`].

use core::ops::Deref;

use bytes::{Buf, Bytes};
use bytestring::ByteString;

/// The part of a chunk that is not read yet.
pub(crate) trait Chunk: Deref<Target = [u8]> {
    /// A part of it that is text, made without a copy.
    type Text: Deref<Target = str> + Default;

    /// The first `len` bytes, if they are UTF-8. They stay in the chunk.
    ///
    /// Stops at the first error, so that a chunk of nothing but errors takes linear time.
    fn text(&self, len: usize) -> Result<Self::Text, Invalid>;

    /// Drops the first `len` bytes.
    fn skip(&mut self, len: usize);
}

/// The first bytes that are no UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    /// Where they stand.
    pub(super) at: usize,
    /// How many they are: a maximal subpart, or what the text ends with of one.
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
