//! The `Cookie` header of a request (RFC 6265 §4.2.1): [`value_of`].
//!
//! It is parsed here and not by a cookie crate. Those crates are lenient, as they serve programs that
//! want as many cookies as possible. A credential needs the opposite: exactly one value, or an error.

use http::HeaderMap;
use http::header::COOKIE;

use super::CookieAuthenticator;
use crate::mint::AuthError;

/// The value of the one cookie of this name.
///
/// HTTP/2 may spread cookies over several header fields (RFC 9113 §8.2.3), so all of them count.
pub(super) fn value_of<'h>(name: &str, headers: &'h HeaderMap) -> Result<&'h str, AuthError> {
    let fields = headers.get_all(COOKIE).iter();
    let pairs = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b';'));
    let mut values = pairs.filter_map(|pair| {
        let pair = pair.trim_ascii();
        let end = pair.iter().position(|byte| *byte == b'=')?;
        (pair[..end] == *name.as_bytes()).then(|| &pair[end + 1..])
    });
    let value = values.next().ok_or_else(AuthError::missing)?;
    if values.next().is_some() {
        return Err(AuthError::malformed());
    }
    if value.is_empty() {
        return Err(AuthError::missing());
    }
    if value.len() > CookieAuthenticator::MAX_LEN {
        return Err(AuthError::too_large());
    }
    std::str::from_utf8(value)
        .ok()
        .filter(|value| is_cookie_value(value))
        .ok_or_else(AuthError::malformed)
}

/// RFC 6265 §4.1.1: `*cookie-octet / ( DQUOTE *cookie-octet DQUOTE )`.
fn is_cookie_value(value: &str) -> bool {
    let unquoted = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let is_octet = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
    unquoted.unwrap_or(value).bytes().all(is_octet)
}
