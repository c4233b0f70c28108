//! The credential of a request: [`Bearer`].

use std::fmt;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::AuthError;

/// What stands behind `Bearer` in a request's one `Authorization` header (RFC 6750 §2.1).
///
/// It is a secret: its `Debug` shows nothing of it.
#[derive(Clone, Copy)]
pub struct Bearer<'a>(&'a str);

impl<'a> Bearer<'a> {
    /// The longest credential that [`of`](Self::of) takes, in bytes: 8 KiB.
    pub const MAX_LEN: usize = 8 * 1024;

    /// The credential in these headers.
    ///
    /// The scheme's case does not matter (RFC 9110 §11.1). Two headers, a list, or anything that
    /// is no `b64token` are an invalid request; a credential over 8 KiB is too large.
    pub fn of(headers: &'a HeaderMap) -> Result<Self, AuthError> {
        Self::up_to(Self::MAX_LEN, headers)
    }

    /// The same with another limit on the credential's length, in bytes.
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

    /// The credential's text.
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
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}
