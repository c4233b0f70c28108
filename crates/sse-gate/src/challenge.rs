//! What a 401 asks for: [`Challenge`].

use http::HeaderValue;
use http::header::InvalidHeaderValue;

/// The `WWW-Authenticate` header of a 401 (RFC 9110 §11.6.1): the scheme that the service uses, and
/// what a client without a credential is told.
///
/// ```
/// use sse_gate::mint::Challenge;
///
/// assert_eq!(Challenge::bearer().missing(), r#"Bearer realm="sse""#);
/// assert_eq!(Challenge::cookie().missing(), r#"Cookie realm="sse""#);
/// assert!(Challenge::new("DPoP", "A DPoP credential is required.").is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    scheme: HeaderValue,
    detail: &'static str,
}

/// The header for no credential: no error is named (RFC 6750 §3.1).
const BEARER: &str = r#"Bearer realm="sse""#;

/// The header for a bad credential, whatever is wrong with it.
const BEARER_INVALID: &str = r#"Bearer realm="sse", error="invalid_token""#;

/// The header for credentials that are shown in a way that is not allowed.
const BEARER_MALFORMED: &str = r#"Bearer realm="sse", error="invalid_request""#;

impl Challenge {
    /// Bearer tokens in `Authorization` (RFC 6750 §3).
    pub fn bearer() -> Self {
        Self {
            scheme: HeaderValue::from_static(BEARER),
            detail: "A bearer credential is required.",
        }
    }

    /// A session cookie. The scheme's name is not registered; a header is required all the same.
    pub fn cookie() -> Self {
        Self {
            scheme: HeaderValue::from_static(r#"Cookie realm="sse""#),
            detail: "You must be signed in.",
        }
    }

    /// Another scheme, with the sentence for a client that shows no credential.
    pub fn new(scheme: &str, detail: &'static str) -> Result<Self, InvalidHeaderValue> {
        Ok(Self {
            scheme: HeaderValue::from_str(&format!("{scheme} realm=\"sse\""))?,
            detail,
        })
    }

    /// The header for a request without a credential.
    pub fn missing(&self) -> HeaderValue {
        self.scheme.clone()
    }

    /// The header for a request with a bad credential, whatever is wrong with it.
    pub fn invalid(&self) -> HeaderValue {
        self.not_bearer()
            .unwrap_or(HeaderValue::from_static(BEARER_INVALID))
    }

    /// The header for a request that shows credentials in a way that is not allowed.
    pub fn malformed(&self) -> HeaderValue {
        self.not_bearer()
            .unwrap_or(HeaderValue::from_static(BEARER_MALFORMED))
    }

    /// The sentence for a client that shows no credential.
    pub(crate) fn detail(&self) -> &'static str {
        self.detail
    }

    /// The header of a scheme that names no errors.
    pub(crate) fn not_bearer(&self) -> Option<HeaderValue> {
        (self.scheme != BEARER).then(|| self.scheme.clone())
    }
}

impl Default for Challenge {
    fn default() -> Self {
        Self::bearer()
    }
}
