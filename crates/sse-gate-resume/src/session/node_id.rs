//! The name of a node: [`NodeId`].

use sse_gate_core::{Entropy, EntropyError};

/// Names a node for as long as its process lives. After a restart it has another name.
///
/// A session's record names the node that has its connection. If that node is gone, the session
/// waits for its client.
///
/// ```
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_resume::backend::NodeId;
///
/// // A store names its node when it is opened.
/// let node = NodeId::generate(&SystemEntropy)?;
/// assert_ne!(node, NodeId::NONE);
/// assert_eq!(NodeId::from_bytes(node.to_bytes()), node);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u64);

impl NodeId {
    /// No node.
    pub const NONE: Self = Self(0);

    /// A random name.
    ///
    /// # Errors
    ///
    /// The random number generator failed.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes)?;
        let name: [u8; 8] = std::array::from_fn(|place| bytes[place]);
        Ok(Self(u64::from_be_bytes(name).max(1)))
    }

    /// The name of these bytes, as a store reads it back.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }

    /// Its bytes, big-endian.
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}
