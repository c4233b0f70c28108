//! What all ids of one connection begin with: [`IdPrefix`].

use std::fmt;

use bytes::BytesMut;
use zeroize::Zeroizing;

use super::base36::{self, Base36, MAX_DIGITS};
use super::keys::ResumeKey;
use super::session_id::push16;
use super::{ResumeId, SCHEME, Tag, TagContext};

const FIELD: &str = "id: ";

/// The longest prefix, in bytes: the field, and an id without its sequence.
const MAX_LEN: usize = FIELD.len() + ResumeId::MAX_LEN - MAX_DIGITS;

/// The field `id: ` and the id up to the sequence, computed once for a connection.
///
/// It is in no allocation of its own: each event is sent with it. It is wiped when it is dropped, but not where it was
/// before it was moved.
pub(crate) struct IdPrefix {
    text: Zeroizing<[u8; MAX_LEN]>,
    len: u8,
}

impl IdPrefix {
    pub(crate) fn new(key: &ResumeKey, context: &TagContext<'_>) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(MAX_LEN));
        text.push_str(FIELD);
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
        let mut prefix = Self {
            text: Zeroizing::new([0; MAX_LEN]),
            len: 0,
        };
        for (place, byte) in prefix.text.iter_mut().zip(text.bytes()) {
            *place = byte;
            prefix.len += 1;
        }
        debug_assert_eq!(
            usize::from(prefix.len),
            text.len(),
            "generations are bounded"
        );
        prefix
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.len)]
    }

    /// The length of the line of this sequence, in bytes.
    pub(crate) fn line_len(&self, seq: u64) -> usize {
        self.as_bytes().len() + base36::digits(seq) + 1
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
