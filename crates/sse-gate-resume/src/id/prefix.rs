//! What all ids of one connection begin with: [`IdPrefix`].

use std::fmt;

use bytes::BytesMut;
use zeroize::Zeroizing;

use super::base36::{Base36, MAX_DIGITS};
use super::keys::ResumeKey;
use super::session_id::push16;
use super::{SCHEME, SessionId, Tag, TagContext};

/// The field `id: ` and the id up to the sequence, computed once for a connection.
pub(crate) struct IdPrefix(Zeroizing<Box<str>>);

impl IdPrefix {
    pub(crate) fn new(key: &ResumeKey, context: &TagContext<'_>) -> Self {
        let mut text = String::with_capacity(2 * SessionId::TEXT_LEN + 24);
        text.push_str("id: ");
        text.push_str(SCHEME);
        text.push(char::from(key.kid()));
        text.push('.');
        context.session.write(&mut text);
        text.push('.');
        let generation = Base36::new(context.generation);
        text.extend(generation.as_bytes().iter().copied().map(char::from));
        text.push('.');
        push16(&mut text, Tag::new(key, context).as_bytes());
        text.push('.');
        Self(Zeroizing::new(text.into()))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The length of the longest line, in bytes.
    pub(crate) fn line_len(&self) -> usize {
        self.as_bytes().len() + MAX_DIGITS + 1
    }

    /// Appends the whole `id` line for this sequence.
    pub(crate) fn line(&self, seq: u64, buffer: &mut BytesMut) {
        buffer.extend_from_slice(self.as_bytes());
        buffer.extend_from_slice(Base36::new(seq).as_bytes());
        buffer.extend_from_slice(b"\n");
    }
}

impl fmt::Debug for IdPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdPrefix([redacted])")
    }
}
