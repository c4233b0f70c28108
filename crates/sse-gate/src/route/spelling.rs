//! Checks that requests can match a pattern: [`check`].

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::Fault;

/// Checks a pattern, and returns the names of its parameters in order.
///
/// A pattern is compared with paths as clients send them. So it is an error if a pattern has something
/// that clients never send, or that they change before they send it. The syntax of other routers is an
/// error too.
pub(super) fn check(pattern: &str, may_catch_all: bool) -> Result<Vec<Box<str>>, Fault> {
    let Some(path) = pattern.strip_prefix('/') else {
        return Err(match pattern {
            "" => Fault::Empty,
            _ if pattern.contains("://") => Fault::Url,
            _ => Fault::NoSlash,
        });
    };
    if pattern.contains(['?', '#']) {
        return Err(Fault::NotOnlyPath);
    }
    let mut names: Vec<Box<str>> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        if segment.is_empty() && !is_last {
            return Err(Fault::EmptySegment);
        }
        let Some(name) = check_segment(segment)? else {
            continue;
        };
        let bare = name.strip_prefix('*');
        if bare.is_some() && !(may_catch_all && is_last) {
            return Err(Fault::CatchAll);
        }
        let bare = bare.unwrap_or(name);
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if bare.is_empty() || !bare.bytes().all(is_letter) {
            return Err(Fault::Name(name.into()));
        }
        if names.iter().any(|other| **other == *bare) {
            return Err(Fault::SameName(bare.into()));
        }
        names.push(bare.into());
    }
    Ok(names)
}

/// Checks a segment, and returns the name of its parameter if it has one.
fn check_segment(segment: &str) -> Result<Option<&str>, Fault> {
    if let ":" | "*" = segment.get(..1).unwrap_or_default() {
        return Err(Fault::NoBraces(segment.into()));
    }
    if segment.starts_with('<') && segment.ends_with('>') {
        return Err(Fault::NoBraces(segment.into()));
    }
    let Some((before, rest)) = segment.split_once('{') else {
        check_text(segment)?;
        return Ok(None);
    };
    let (name, after) = rest.split_once('}').ok_or(Fault::Braces)?;
    if after.contains('{') && !name.contains('{') {
        return Err(Fault::ManyInSegment);
    }
    check_text(before)?;
    check_text(after)?;
    Ok(Some(name))
}

/// Checks the fixed text of a segment. It may have the characters of a path (RFC 3986 §3.3), and escapes
/// of other characters.
fn check_text(text: &str) -> Result<(), Fault> {
    if matches!(text, "." | "..") {
        return Err(Fault::Dots);
    }
    if text.contains(['{', '}']) {
        return Err(Fault::Braces);
    }
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_allowed = first.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(first);
        let len = match first {
            '%' if is_escape(rest) => 3,
            '%' => return Err(Fault::Escape(rest.chars().take(3).collect())),
            _ if is_allowed => first.len_utf8(),
            _ => {
                let first_text = first.to_string();
                let encoded = utf8_percent_encode(&first_text, NON_ALPHANUMERIC).to_string();
                return Err(Fault::Unencoded(first, encoded.into()));
            }
        };
        rest = &rest[len..];
    }
    Ok(())
}

/// Whether a text begins with an escape as clients send it: in capitals, and of a byte that needs an
/// escape.
fn is_escape(text: &str) -> bool {
    let is_digit = |digit: u8| matches!(digit, b'0'..=b'9' | b'A'..=b'F');
    let Some(digits) = text.get(1..3).filter(|digits| digits.bytes().all(is_digit)) else {
        return false;
    };
    let byte = u8::from_str_radix(digits, 16).unwrap_or_default();
    !(byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}
