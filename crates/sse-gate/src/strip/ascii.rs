//! Makes the target of a request ASCII: [`encode`].

use std::mem;

use http::Uri;
use http::uri::PathAndQuery;
use percent_encoding::{CONTROLS, utf8_percent_encode};

/// The longest target that is kept, in bytes. A URI of the crate `http` may be longer.
const MAX: usize = 60_000;

/// Percent-encodes text that is not ASCII. A URI can't have such text (RFC 3986 §2), but the crate `http`
/// accepts it.
///
/// A log writes the URI as it is. There, U+009B begins a command to a terminal, U+202E reverses the line,
/// and U+2028 ends it. A router decodes the path, so nothing changes for it.
pub(super) fn encode(uri: &mut Uri) {
    let Some(target) = uri.path_and_query().map(PathAndQuery::as_str) else {
        return;
    };
    if target.bytes().all(|byte| byte < 0x7f) {
        return;
    }
    let mut target = utf8_percent_encode(target, CONTROLS).to_string();
    // No route has a target that is so long.
    target.truncate(MAX);
    let mut parts = mem::take(uri).into_parts();
    parts.path_and_query = PathAndQuery::try_from(target).ok();
    // Encoded text is a valid target. If it is not, `/` is left, and nothing of the original text.
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

    #[test]
    fn a_long_target_that_is_ascii_stays_whole() {
        let long = format!("/{}", "a".repeat(MAX));
        assert_eq!(encoded(&long), long);
    }
}
