//! The credential of a request: [`Bearer`].

use std::fmt;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::AuthError;

/// The credential after `Bearer` in the `Authorization` header of a request (RFC 6750 §2.1).
///
/// It is a secret. Its `Debug` does not show it.
///
/// ```
/// use http::HeaderMap;
/// use sse_gate::core::CredentialReason;
/// use sse_gate::mint::Bearer;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("authorization", "bearer abc.def".parse()?);
/// let bearer = Bearer::of(&headers).unwrap();
/// assert_eq!(bearer.as_str(), "abc.def");
/// assert_eq!(format!("{bearer:?}"), "Bearer([redacted])");
///
/// // Another scheme is no bearer. Two headers are an error of their own.
/// let missing = |headers: &HeaderMap| Bearer::of(headers).unwrap_err().reason();
/// headers.append("authorization", "Bearer ghi".parse()?);
/// assert_eq!(missing(&headers), CredentialReason::Malformed);
/// headers.insert("authorization", "Basic YTpi".parse()?);
/// assert_eq!(missing(&headers), CredentialReason::Missing);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Bearer<'a>(&'a str);

impl<'a> Bearer<'a> {
    /// The longest credential that [`of`](Self::of) takes, in bytes: 8 KiB.
    pub const MAX_LEN: usize = 8 * 1024;

    /// The credential in these headers. The case of the scheme does not matter (RFC 9110 §11.1).
    ///
    /// # Errors
    ///
    /// - [`AuthError::missing`]: there is no such header, or it has another scheme.
    /// - [`AuthError::malformed`]: there are two headers, or a list, or the credential is not a
    ///   `b64token`.
    /// - [`AuthError::too_large`]: the credential is longer than 8 KiB.
    pub fn of(headers: &'a HeaderMap) -> Result<Self, AuthError> {
        Self::up_to(Self::MAX_LEN, headers)
    }

    /// The same with another limit on the length of the credential, in bytes.
    pub fn up_to(max_len: usize, headers: &'a HeaderMap) -> Result<Self, AuthError> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next().ok_or_else(AuthError::missing)?;
        if values.next().is_some() {
            return Err(AuthError::malformed());
        }
        let value = value.to_str().map_err(|_| AuthError::malformed())?;
        let (scheme, credential) = value.split_once(' ').unwrap_or((value, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(AuthError::missing());
        }
        let credential = credential.trim_start_matches(' ');
        if credential.len() > max_len {
            return Err(AuthError::too_large());
        }
        if !is_b64token(credential) {
            return Err(AuthError::malformed());
        }
        Ok(Self(credential))
    }

    /// The text of the credential.
    pub fn as_str(&self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Bearer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer([redacted])")
    }
}

/// RFC 6750 §2.1: `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
fn is_b64token(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    let is_part = |byte| {
        let is_sign = matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
        is_sign || u8::is_ascii_alphanumeric(&byte)
    };
    !text.is_empty() && text.bytes().all(is_part)
}
