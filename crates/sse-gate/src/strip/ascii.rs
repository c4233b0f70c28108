//! A request's target in ASCII: [`encode`].

use std::mem;

use http::Uri;
use http::uri::PathAndQuery;
use percent_encoding::{CONTROLS, utf8_percent_encode};

/// The most bytes that are left of a target. A URI of `http` has room for more.
const MAX: usize = 60_000;

/// Percent-encodes what a URI has no place for (RFC 3986 §2) and `http` takes all the same: text that
/// is not ASCII.
///
/// A log has the URI as it is. In it, U+009B begins a command to a terminal, U+202E
/// turns the line around, and U+2028 ends it. For a router nothing changes: it decodes the path.
pub(super) fn encode(uri: &mut Uri) {
    let Some(target) = uri.path_and_query().map(PathAndQuery::as_str) else {
        return;
    };
    if target.bytes().all(|byte| byte < 0x7f) {
        return;
    }
    let mut target = utf8_percent_encode(target, CONTROLS).to_string();
    // So long a target is no route's.
    target.truncate(MAX);
    let mut parts = mem::take(uri).into_parts();
    parts.path_and_query = PathAndQuery::try_from(target).ok();
    // Encoded text is a target. If it were none, `/` is left, and nothing of what was shown.
    *uri = Uri::from_parts(parts).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(uri: &str) -> String {
        let mut uri: Uri = uri.parse().unwrap();
        encode(&mut uri);
        uri.to_string()
    }

    /// D6
    #[test]
    fn a_target_is_ascii() {
        for (shown, expected) in [
            ("/", "/"),
            ("*", "*"),
            ("/a%9b?b=%C2%9B&c", "/a%9b?b=%C2%9B&c"),
            ("/a\u{9b}31m/b", "/a%C2%9B31m/b"),
            ("/a?b=\u{202e}&c=\u{2028}", "/a?b=%E2%80%AE&c=%E2%80%A8"),
            ("/\u{e9}?a=é", "/%C3%A9?a=%C3%A9"),
        ] {
            assert_eq!(encoded(shown), expected);
        }
    }

    /// D6: what grows too long is cut off, and not left as it was.
    #[test]
    fn a_long_target_is_ascii_too() {
        let long = "\u{9b}".repeat(30_000);
        let encoded = encoded(&format!("/{long}"));
        assert!(encoded.is_ascii() && encoded.starts_with("/%C2%9B%C2%9B"));
    }
}
