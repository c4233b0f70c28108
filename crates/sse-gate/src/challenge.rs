//! How a 401 asks for a credential: [`Challenge`].

use http::HeaderValue;
use http::header::InvalidHeaderValue;

/// The `WWW-Authenticate` header of a 401 (RFC 9110 §11.6.1): the scheme that the service uses, and
/// the sentence for a client without a credential.
///
/// A bearer challenge names the error: `invalid_token` or `invalid_request` (RFC 6750 §3.1). Other
/// schemes don't name it. An authenticator says which challenge it uses, and
/// [`MintService::with_challenge`](super::MintService::with_challenge) replaces it.
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

/// The header for a request without a credential. It names no error (RFC 6750 §3.1).
const BEARER: &str = r#"Bearer realm="sse""#;

/// The header for an invalid credential, whatever is wrong with it.
const BEARER_INVALID: &str = r#"Bearer realm="sse", error="invalid_token""#;

/// The header for credentials that are shown twice or in an invalid form.
const BEARER_MALFORMED: &str = r#"Bearer realm="sse", error="invalid_request""#;

impl Challenge {
    /// Bearer tokens in `Authorization` (RFC 6750 §3).
    pub fn bearer() -> Self {
        Self {
            scheme: HeaderValue::from_static(BEARER),
            detail: "A bearer credential is required.",
        }
    }

    /// A session cookie. `Cookie` is not a registered scheme. A 401 must have the header anyway.
    pub fn cookie() -> Self {
        Self {
            scheme: HeaderValue::from_static(r#"Cookie realm="sse""#),
            detail: "You must be signed in.",
        }
    }

    /// Another scheme, with the sentence for a client without a credential.
    ///
    /// # Errors
    ///
    /// `scheme` has a character that no header may have.
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

    /// The header for a request with an invalid credential.
    pub fn invalid(&self) -> HeaderValue {
        self.not_bearer()
            .unwrap_or(HeaderValue::from_static(BEARER_INVALID))
    }

    /// The header for a request that shows credentials twice or in an invalid form.
    pub fn malformed(&self) -> HeaderValue {
        self.not_bearer()
            .unwrap_or(HeaderValue::from_static(BEARER_MALFORMED))
    }

    /// The sentence for a client without a credential.
    pub(crate) fn detail(&self) -> &'static str {
        self.detail
    }

    /// The header, if the scheme is not that of bearer tokens. Such a scheme names no errors.
    pub(crate) fn not_bearer(&self) -> Option<HeaderValue> {
        (self.scheme != BEARER).then(|| self.scheme.clone())
    }
}

impl Default for Challenge {
    fn default() -> Self {
        Self::bearer()
    }
}
