//! Why bytes are not a key: [`InvalidKey`].

use jsonwebtoken::errors::Error as JwtError;

/// The bytes are not a key of the expected kind.
///
/// It prints nothing of the key. [`JwtKey`](super::JwtKey) says what its constructors take.
///
/// ```
/// use sse_gate::JwtKey;
///
/// let error = JwtKey::hs256(b"too short").unwrap_err();
/// assert_eq!(error.to_string(), "secret is shorter than its hash");
/// let error = JwtKey::es256_pem(b"no PEM").unwrap_err();
/// assert_eq!(error.to_string(), "text is not a public key of this kind in PEM");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct InvalidKey {
    what: &'static str,
    #[source]
    source: Option<JwtError>,
}

impl InvalidKey {
    pub(super) fn because(what: &'static str) -> Self {
        Self { what, source: None }
    }

    pub(super) fn no_pem(source: JwtError) -> Self {
        Self {
            what: "text is not a public key of this kind in PEM",
            source: Some(source),
        }
    }
}
