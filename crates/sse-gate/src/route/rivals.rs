//! Credentials beside a token: [`Rivals`].

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use sse_gate_core::Token;

/// Where a request has another credential beside its token. RFC 6750 §2 forbids more than one in a
/// request.
#[derive(Clone, Copy)]
pub(super) struct Rivals {
    /// Whether `Authorization` has a bearer, or a token of this library in any scheme.
    pub(super) in_authorization: bool,
    /// Whether a cookie has a token of this library. Other cookies are ignored.
    pub(super) in_cookie: bool,
}

impl Rivals {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let any = |name, holds: fn(&[u8]) -> bool| {
            let mut values = headers.get_all(name).iter();
            values.any(|value| holds(value.as_bytes()))
        };
        Self {
            in_authorization: any(AUTHORIZATION, |value| has_bearer(value) || has_token(value)),
            in_cookie: any(COOKIE, has_token),
        }
    }
}

/// Whether the value has a bearer, possibly in a list of credentials. RFC 6750 §2.1 requires one space
/// after the scheme, but servers accept tabs, colons and more.
fn has_bearer(value: &[u8]) -> bool {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    value.split(|byte| *byte == b',').any(|credential| {
        let credential = credential.trim_ascii();
        let end = credential.iter().position(|byte| !is_token(byte));
        let (scheme, rest) = credential.split_at(end.unwrap_or(credential.len()));
        scheme.eq_ignore_ascii_case(b"bearer") && rest.len() > 1
    })
}

fn has_token(value: &[u8]) -> bool {
    let prefix = Token::PREFIX.as_bytes();
    value.windows(prefix.len()).any(|window| window == prefix)
}
