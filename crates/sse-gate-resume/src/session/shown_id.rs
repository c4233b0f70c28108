//! What a client shows to go on: [`ShownId`].

use sse_gate_core::TokenKey;

/// What a client shows to go on: the parts of a resume id whose tag is good, and the key of the
/// token in its URL.
#[derive(Clone, Copy, Debug)]
pub struct ShownId {
    /// The generation of the id.
    pub generation: u64,
    /// The event that the client had last.
    pub seq: u64,
    /// The key of the token in the URL.
    pub token: TokenKey,
}
