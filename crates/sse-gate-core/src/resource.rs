//! Which stream a grant opens: [`Resource`].

use std::error::Error;
use std::fmt;

/// Which stream a token opens, as a list of parts: `["generation", "abc-123"]`.
///
/// Make it from the parameters that your router has matched and decoded, not from the raw path of a
/// request: a path has many spellings. Two resources are equal if all their parts are, byte for byte.
/// Prefixes and wildcards don't exist.
///
/// In bytes, each part follows its length (16 bits, big-endian), so `["a", "bc"]` and `["ab", "c"]`
/// differ. All together are at most [`MAX_LEN`](Self::MAX_LEN) bytes.
///
/// ```
/// use sse_gate_core::Resource;
///
/// let resource = Resource::new(["generation", "abc-123"])?;
/// assert_ne!(resource, Resource::new(["generation", "abc-12", "3"])?);
/// assert_eq!(resource.parts().nth(1), Some("abc-123"));
/// # Ok::<(), sse_gate_core::InvalidResource>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Resource(Box<[u8]>);

impl Resource {
    /// The largest size of a resource, in bytes: those of its parts, and two more for each part.
    pub const MAX_LEN: usize = 1024;

    /// The resource of these parts.
    ///
    /// # Errors
    ///
    /// There are no parts, or they take more than [`MAX_LEN`](Self::MAX_LEN) bytes.
    pub fn new<P: AsRef<str>>(parts: impl IntoIterator<Item = P>) -> Result<Self, InvalidResource> {
        let mut bytes = Vec::with_capacity(64);
        for part in parts {
            let part = part.as_ref();
            let len = u16::try_from(part.len()).map_err(|_| InvalidResource::TooLong)?;
            bytes.extend_from_slice(&len.to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
            if bytes.len() > Self::MAX_LEN {
                return Err(InvalidResource::TooLong);
            }
        }
        if bytes.is_empty() {
            return Err(InvalidResource::Empty);
        }
        Ok(Self(bytes.into()))
    }

    /// The parts, each after its length. This form is hashed into the keys of tokens.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The parts, in their order.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        Parts(&self.0).map_while(Result::ok)
    }

    /// Reads what [`as_bytes`](Self::as_bytes) returned.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidResource> {
        if bytes.is_empty() {
            return Err(InvalidResource::Empty);
        }
        if bytes.len() > Self::MAX_LEN {
            return Err(InvalidResource::TooLong);
        }
        Parts(bytes).try_for_each(|part| part.map(drop))?;
        Ok(Self(bytes.into()))
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resource")?;
        f.debug_list().entries(self.parts()).finish()
    }
}

/// Iterates over parts, each after its length.
struct Parts<'a>(&'a [u8]);

impl<'a> Iterator for Parts<'a> {
    type Item = Result<&'a str, InvalidResource>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let part = split_part(&mut self.0).ok_or(InvalidResource::Malformed);
        Some(part.inspect_err(|_| self.0 = &[]))
    }
}

/// Removes one part from the front. `None` if the bytes don't begin with a part.
fn split_part<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let (len, rest) = bytes.split_first_chunk()?;
    let (part, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    *bytes = rest;
    std::str::from_utf8(part).ok()
}

/// The parts don't make a [`Resource`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidResource {
    /// The list of parts is empty.
    Empty,
    /// The parts take more than [`Resource::MAX_LEN`] bytes.
    TooLong,
    /// The stored bytes are not a list of parts.
    Malformed,
}

impl fmt::Display for InvalidResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "resource has no parts",
            Self::TooLong => "resource takes more than 1024 bytes",
            Self::Malformed => "stored resource is not a list of parts",
        })
    }
}

impl Error for InvalidResource {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// B13, B15
        #[test]
        fn resources_are_equal_only_if_their_parts_are(
            a in prop::collection::vec("[ab/]{0,3}", 1..4),
            b in prop::collection::vec("[ab/]{0,3}", 1..4),
        ) {
            let (left, right) = (Resource::new(&a).unwrap(), Resource::new(&b).unwrap());
            prop_assert_eq!(left == right, a == b);
            prop_assert_eq!(left.as_bytes() == right.as_bytes(), a == b);
            prop_assert_eq!(left.parts().collect::<Vec<_>>(), a);
        }

        #[test]
        fn any_bytes_read_back_to_themselves_or_not_at_all(
            bytes in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            if let Ok(resource) = Resource::from_bytes(&bytes) {
                prop_assert_eq!(Resource::new(resource.parts()), Ok(resource));
            }
        }
    }

    #[test]
    fn resources_have_a_size() {
        assert_eq!(Resource::new::<&str>([]), Err(InvalidResource::Empty));
        assert!(Resource::new(["x".repeat(1022)]).is_ok());
        for too_long in [1023, 70_000] {
            let parts = ["x".repeat(too_long)];
            assert_eq!(Resource::new(parts), Err(InvalidResource::TooLong));
        }
    }

    /// Stored bytes are held to the same size: what may be made can be read back, and no more.
    #[test]
    fn stored_resources_have_the_same_size() {
        let largest = Resource::new(["x".repeat(1022)]).unwrap();
        assert_eq!(Resource::from_bytes(largest.as_bytes()), Ok(largest));
        for len in [1023, 1022 + 256] {
            let mut bytes = u16::try_from(len).unwrap().to_be_bytes().to_vec();
            bytes.resize(2 + len, b'x');
            let read = Resource::from_bytes(&bytes);
            assert_eq!(read, Err(InvalidResource::TooLong), "{len}");
        }
    }
}
