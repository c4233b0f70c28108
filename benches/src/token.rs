//! Entries of tokens: [`token_entry`].

use rand::RngExt;
use sse_gate_core::Entry;

/// An entry of the caller without a payload, in the layout that `Entry` documents: a subject of 16 bytes and a
/// resource of 24.
///
/// # Panics
///
/// The layout has changed.
pub fn token_entry(caller: usize) -> Entry {
    let (subject, resource) = (format!("{caller:016}"), [b'r'; 24]);
    let key: [u8; 32] = rand::rng().random();
    let mut bytes = vec![2, 0];
    bytes.extend_from_slice(&key);
    // No end for the token and the stream, and the epoch before all withdrawals.
    bytes.extend_from_slice(&[0xff; 24]);
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(&[0, 16, 0, 26]);
    bytes.extend_from_slice(subject.as_bytes());
    // A resource is its parts, each behind its length.
    bytes.extend_from_slice(&[0, 24]);
    bytes.extend_from_slice(&resource);
    Entry::from_bytes(bytes).expect("the layout of an entry")
}
