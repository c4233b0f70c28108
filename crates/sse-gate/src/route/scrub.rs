//! Blanks what looks like a credential in a URI: [`scrub`].
//!
//! A token is taken out of its place, where it has one spelling. This is about all others: under
//! another name, in another encoding, behind a separator that is none, in a segment of the path.
//! Such a token opens nothing, and is live all the same: whoever reads it in a log can spell it right.

use http::Uri;
use percent_encoding::percent_decode;
use sse_gate_core::Token;

use super::lift::{MAX_QUERY, PLACEHOLDER, with_path_and_query};

/// How often a text may be percent-encoded and is still read.
const MAX_DEPTH: usize = 8;

/// What every resume id begins with.
const RESUME_ID: &[u8] = b"sser1.";

/// Names of parameters whose values are credentials, in small letters and digits alone: as OAuth 2.0
/// and its relatives have them, as `EventSource` polyfills do, and this library.
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

/// Puts a placeholder into segments of the path, and takes parameters out of the query, that look
/// like tokens, resume ids or JWTs, or have the name of a credential. All else stays as it is, byte
/// for byte.
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

/// The path with placeholders; `None` if it needs none.
fn blank_segments(path: &str) -> Option<String> {
    let is_blank = |segment: &str| any_form(segment, is_credential);
    path.split('/').any(is_blank).then(|| {
        let segments = path.split('/').map(|segment| {
            if is_blank(segment) {
                PLACEHOLDER
            } else {
                segment
            }
        });
        segments.collect::<Vec<_>>().join("/")
    })
}

/// What is left of a query; `None` if that is all of it. It is taken apart at semicolons, too, as
/// some servers do, and as `&amp;` has one.
fn without_credentials(query: &str) -> Option<String> {
    if query.len() > MAX_QUERY {
        return Some(String::new());
    }
    let is_blank = |pair: &str| any_form(pair, |form| is_credential(form) || is_named_as_one(form));
    let pairs = || query.split_inclusive(['&', ';']);
    let bare = |pair: &str| pair.trim_end_matches(['&', ';']).to_owned();
    if !pairs().any(|pair| is_blank(&bare(pair))) {
        return None;
    }
    let mut rest: String = pairs().filter(|pair| !is_blank(&bare(pair))).collect();
    if !query.ends_with(['&', ';']) && rest.ends_with(['&', ';']) {
        rest.pop();
    }
    Some(rest)
}

/// Whether it holds for the text, or for what it becomes by decoding it again and again.
fn any_form(text: &str, holds: impl Fn(&[u8]) -> bool) -> bool {
    let mut form = text.as_bytes().to_vec();
    for _ in 0..MAX_DEPTH {
        if holds(&form) {
            return true;
        }
        let decoded: Vec<u8> = percent_decode(&form).collect();
        if decoded == form {
            return false;
        }
        form = decoded;
    }
    // Nobody encodes a text so often who has nothing to hide.
    true
}

/// Whether it has something in it that begins as a token, a resume id or a JWT.
fn is_credential(text: &[u8]) -> bool {
    let has = |prefix: &[u8]| {
        let mut windows = text.windows(prefix.len());
        windows.any(|window| window.eq_ignore_ascii_case(prefix))
    };
    has(Token::PREFIX.as_bytes()) || has(RESUME_ID) || has_jwt(text)
}

/// Whether there is `eyJ….….` in it: JSON in base64url, twice, with a full stop after each.
fn has_jwt(text: &[u8]) -> bool {
    let is_base64url = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let part = |text: &[u8]| {
        let len = text.iter().take_while(|byte| is_base64url(byte)).count();
        (len > 3 && text.get(len) == Some(&b'.')).then_some(len + 1)
    };
    let begins_here = |text: &[u8]| {
        let header = text.starts_with(b"eyJ").then(|| part(text)).flatten();
        header.is_some_and(|len| part(&text[len..]).is_some())
    };
    (0..text.len()).any(|at| begins_here(&text[at..]))
}

/// Whether it is, or holds, a parameter with the name of a credential: `jwt=`, `filter[jwt][]=`,
/// `X-Api-Key=`, `?access.token=`.
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
