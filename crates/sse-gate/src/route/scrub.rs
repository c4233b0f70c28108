//! Blanks what looks like a credential in a URI: [`scrub`].
//!
//! A token in its own place is taken out before. This finds tokens in other places: with another name,
//! in another encoding, after a wrong separator, in a segment of the path. Such a token opens nothing,
//! but it is still valid: a reader of the log could correct the spelling and use it.

use std::borrow::Cow;

use http::Uri;
use percent_encoding::percent_decode;
use sse_gate_core::{Resource, Token};

use super::lift::{MAX_QUERY, PLACEHOLDER, with_path_and_query};

/// How often a text is percent-decoded at most.
const MAX_DEPTH: usize = 8;

/// The longest segment of a path that is read, in bytes. A longer one can't be a parameter of a
/// resource, even if each byte is percent-encoded.
const MAX_SEGMENT: usize = 3 * Resource::MAX_LEN;

/// What every resume id begins with.
const RESUME_ID: &[u8] = b"sser1.";

/// Names of parameters whose values are credentials, in lower case and without signs. OAuth 2.0 and
/// related standards use them, and so do `EventSource` polyfills and this library.
const NAMES: [&[u8]; 19] = [
    b"accesstoken",
    b"apikey",
    b"assertion",
    b"authorization",
    b"authtoken",
    b"bearer",
    b"bearertoken",
    b"clientassertion",
    b"clientsecret",
    b"idtoken",
    b"idtokenhint",
    b"jwt",
    b"lasteventid",
    b"password",
    b"refreshtoken",
    b"sessiontoken",
    b"ssetoken",
    b"streamtoken",
    b"xapikey",
];

/// Blanks what looks like a token, a resume id or a JWT, or has the name of a credential. A segment of
/// the path becomes a placeholder, and a parameter of the query is removed. Everything else stays as it
/// is, byte for byte.
pub(crate) fn scrub(uri: &mut Uri) {
    let path = blank_segments(uri.path());
    let query = uri.query().map(without_credentials);
    let is_changed = path.is_some() || query.as_ref().is_some_and(Option::is_some);
    if !is_changed {
        return;
    }
    let path = path.unwrap_or_else(|| uri.path().to_owned());
    let query = match (&query, uri.query()) {
        (Some(Some(rest)), _) => Some(&**rest).filter(|rest| !rest.is_empty()),
        (_, query) => query,
    };
    if let Some(clean) = with_path_and_query(uri, path, query) {
        *uri = clean;
    }
}

/// The path with placeholders. `None` if nothing has to change.
fn blank_segments(path: &str) -> Option<String> {
    let is_blank = |segment: &str| segment.len() > MAX_SEGMENT || any_form(segment, is_credential);
    if !path.split('/').any(is_blank) {
        return None;
    }
    let segments = path.split('/');
    let clean = segments.map(|segment| {
        if is_blank(segment) {
            PLACEHOLDER
        } else {
            segment
        }
    });
    Some(clean.collect::<Vec<_>>().join("/"))
}

/// What is left of a query. `None` if nothing has to change. The query is split at semicolons too: some
/// servers do so, and `&amp;` has one.
fn without_credentials(query: &str) -> Option<String> {
    if query.len() > MAX_QUERY {
        return Some(String::new());
    }
    let is_kept = |pair: &&str| {
        let pair = pair.trim_end_matches(['&', ';']);
        !any_form(pair, |form| is_credential(form) || is_named_as_one(form))
    };
    let pairs = query.split_inclusive(['&', ';']);
    let mut rest: String = pairs.filter(is_kept).collect();
    if rest.len() == query.len() {
        return None;
    }
    if !query.ends_with(['&', ';']) && rest.ends_with(['&', ';']) {
        rest.pop();
    }
    Some(rest)
}

/// Whether `holds` is true for the text, or for what it becomes when it is decoded again and again.
fn any_form(text: &str, holds: impl Fn(&[u8]) -> bool) -> bool {
    let mut form = Cow::Borrowed(text.as_bytes());
    for _ in 0..MAX_DEPTH {
        if holds(&form) {
            return true;
        }
        // It is borrowed if nothing was encoded.
        let Cow::Owned(decoded) = Cow::from(percent_decode(&form)) else {
            return false;
        };
        form = Cow::Owned(decoded);
    }
    // No normal text is encoded so often.
    true
}

/// Whether the text contains the beginning of a token, of a resume id or of a JWT.
fn is_credential(text: &[u8]) -> bool {
    // Each kind has one of these.
    if !text.iter().any(|byte| matches!(byte, b'_' | b'.')) {
        return false;
    }
    let has = |prefix: &[u8]| {
        let mut windows = text.windows(prefix.len());
        windows.any(|window| window.eq_ignore_ascii_case(prefix))
    };
    has(Token::PREFIX.as_bytes()) || has(RESUME_ID) || has_jwt(text)
}

/// Whether the text contains `eyJ….….`: JSON in base64url, twice, with a dot after each.
///
/// It reads each byte a bounded number of times, because clients without a credential can send long
/// texts.
fn has_jwt(text: &[u8]) -> bool {
    let is_base64url = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let mut parts = text.split(|byte| *byte == b'.').peekable();
    let mut follows_header = false;
    while let Some(part) = parts.next() {
        let is_claims = part.len() > 3 && part.iter().all(is_base64url);
        if follows_header && is_claims && parts.peek().is_some() {
            return true;
        }
        let start = part.iter().rposition(|byte| !is_base64url(byte));
        let run = &part[start.map_or(0, |at| at + 1)..];
        follows_header = run.windows(4).any(|window| window.starts_with(b"eyJ"));
    }
    false
}

/// Whether the text is or contains a parameter with the name of a credential, like `jwt=`,
/// `filter[jwt][]=`, `X-Api-Key=` or `?access.token=`.
fn is_named_as_one(text: &[u8]) -> bool {
    let pairs = text.split(|byte| matches!(byte, b'&' | b';' | b'?' | b'#'));
    pairs
        .filter_map(|pair| {
            pair.iter()
                .position(|byte| *byte == b'=')
                .map(|at| &pair[..at])
        })
        .any(|name| {
            let is_joint = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"_-".contains(byte);
            let mut words = name.split(is_joint);
            is_name(name) || words.any(is_name)
        })
}

fn is_name(text: &[u8]) -> bool {
    let letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let letters: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    let digits = letters
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit());
    let letters = &letters[..letters.len() - digits.count()];
    NAMES.contains(&letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jwt_is_found_wherever_it_begins() {
        for (text, found) in [
            ("eyJh.eyJz.sig", true),
            ("xxeyJh.abcd.", true),
            ("a.eyJh.abcd.", true),
            ("%eyJhbGciOi.abcd.sig", true),
            ("eyJeyJh.abcd.x", true),
            ("eyJ.abcd.x", false),
            ("eyJh.abc.x", false),
            ("eyJh.abcd", false),
            ("eyJh%.abcd.x", false),
            ("eyJh.ab%d.x", false),
            ("eyJh..abcd.x", false),
            ("abcd.efgh.ijkl", false),
            ("", false),
        ] {
            assert_eq!(has_jwt(text.as_bytes()), found, "{text}");
        }
    }

    /// B7, B16: what is long is not read, so it costs nothing.
    #[test]
    fn a_segment_that_is_too_long_is_blanked_unread() {
        let longest = "x".repeat(MAX_SEGMENT);
        assert_eq!(blank_segments(&format!("/a/{longest}/b")), None);
        let clean = blank_segments(&format!("/a/{longest}x/b"));
        assert_eq!(clean.as_deref(), Some("/a/-/b"));
    }

    /// B7, B16: every `eyJ` in it may begin a JWT. To read on from each of them would take hours.
    #[test]
    fn a_text_of_a_million_beginnings_is_read_once() {
        assert!(!has_jwt("eyJ".repeat(1_000_000).as_bytes()));
    }
}
