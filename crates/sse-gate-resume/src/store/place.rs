//! The place of an open stream: [`Place`], [`PlaceId`].

use sse_gate_core::{Subject, TokenKey};

/// A place among the open streams of all nodes: see [`StreamLimiter`](super::StreamLimiter).
///
/// ```
/// use sse_gate_core::Subject;
/// use sse_gate_resume::backend::{Claimed, MemoryLimiter, Place, PlaceId, StreamLimiter};
///
/// # pollster::block_on(async {
/// let limiter = MemoryLimiter::default();
/// let first = Place {
///     subject: Subject::new("alice")?,
///     id: PlaceId::from_bytes([1; 16]),
///     generation: 1,
/// };
/// assert_eq!(limiter.claim(first.clone()).await?, Claimed::Granted);
///
/// // The client comes back on another node, and then the first node frees the place.
/// let second = Place { generation: 2, ..first.clone() };
/// assert_eq!(limiter.claim(second).await?, Claimed::Granted);
/// limiter.free(vec![first]).await?;
/// assert_eq!(limiter.len(), 1, "the place is the second connection's");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Whose stream it is.
    pub subject: Subject,
    /// Which place it is. It always belongs to the same subject.
    pub id: PlaceId,
    /// Which connection of its session has it: 1 for the first one, and more for later ones.
    pub generation: u64,
}

/// Names a place. All connections of a session have the same, on whichever node they are.
///
/// ```
/// use sse_gate_core::TokenKey;
/// use sse_gate_resume::backend::PlaceId;
///
/// let token = TokenKey::from_bytes([7; 32]);
/// assert_eq!(PlaceId::of(&token).to_bytes(), [7; 16]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId([u8; 16]);

impl PlaceId {
    /// The place of the stream that this token opens, and of its session. It is half of the key, so two
    /// tokens don't have the same one.
    pub fn of(token: &TokenKey) -> Self {
        let key = token.as_bytes();
        Self(std::array::from_fn(|at| key[at]))
    }

    /// The name of these bytes, as a store reads it back.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}
