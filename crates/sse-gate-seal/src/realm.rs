//! Which store a value belongs to: [`Realm`].

use sse_gate_core::{Entropy, EntropyError};

/// A kind of store, and the random name of one store of that kind.
///
/// Each has keys of its own. So a value that is copied from one store into another can't be opened there,
/// even if both were given the same [`SealingKey`](crate::SealingKey).
///
/// ```
/// use sse_gate_core::SystemEntropy;
/// use sse_gate_seal::Realm;
///
/// let realm = Realm::draw("my-store", &SystemEntropy)?;
/// // Keep the name beside the values. It is no secret.
/// let again = Realm::new("my-store", *realm.name());
/// assert_eq!(again, realm);
/// # Ok::<(), sse_gate_core::EntropyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm {
    kind: &'static str,
    name: [u8; 32],
}

impl Realm {
    /// The store of this kind and name.
    pub const fn new(kind: &'static str, name: [u8; 32]) -> Self {
        Self { kind, name }
    }

    /// A new store of this kind, with a random name.
    pub fn draw(kind: &'static str, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut name = [0; 32];
        entropy.fill(&mut name)?;
        Ok(Self::new(kind, name))
    }

    /// The name of the store, 32 random bytes.
    pub const fn name(&self) -> &[u8; 32] {
        &self.name
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }
}
