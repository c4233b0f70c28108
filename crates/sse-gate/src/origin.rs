//! Origins as browsers write them: [`check`], [`InvalidOrigin`].

use http::HeaderValue;

/// A text is not an origin as browsers write it: scheme, `://`, host, and the port if it is not
/// the default of the scheme (RFC 6454 §6.2).
///
/// Origins are compared byte for byte. An origin in another form would never match, so it is an error.
///
/// ```
/// use sse_gate::{Gate, GateLayer, SseRoute};
///
/// let layer = GateLayer::new(&Gate::in_memory(), &SseRoute::new("/feed")?);
/// let error = layer.with_allowed_origins(["https://app.example/"]).unwrap_err();
/// assert_eq!(error.origin(), "https://app.example/");
/// assert!(error.to_string().contains("has a path"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("origin {origin:?}: {fault}")]
pub struct InvalidOrigin {
    origin: String,
    fault: Fault,
}

impl InvalidOrigin {
    /// The text that was given.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

/// What is wrong with an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("it is empty")]
    Empty,
    #[error("it has a wildcard; name each origin")]
    Wildcard,
    #[error("it is a list; pass each origin as an item of its own")]
    List,
    #[error("sandboxed pages of every site have this origin")]
    Null,
    #[error("it has no scheme; write it like https://app.example")]
    NoScheme,
    #[error("its scheme is not valid, or not in lower case; write it like https://app.example")]
    Scheme,
    #[error("it has no host")]
    NoHost,
    #[error("it has a user name or a password; browsers send neither")]
    UserInfo,
    #[error("it has a path, a query or a fragment; an origin ends with its host or port")]
    Path,
    #[error("its host is not in lower case, as browsers write it")]
    Capitals,
    #[error("its host is not in ASCII; browsers write it as xn--… (punycode)")]
    NotAscii,
    #[error("its host has a character that is not allowed in a host")]
    Host,
    #[error("its port is not valid; a port is a number without leading zeros")]
    Port,
    #[error("its port is the default of the scheme, which browsers leave out")]
    DefaultPort,
}

/// The origin as the value of a header, if it has the form that browsers send.
pub(crate) fn check(origin: &str) -> Result<HeaderValue, InvalidOrigin> {
    let invalid = |fault| InvalidOrigin {
        origin: origin.to_owned(),
        fault,
    };
    find_fault(origin).map_or(Ok(()), |fault| Err(invalid(fault)))?;
    HeaderValue::from_str(origin).map_err(|_| invalid(Fault::Host))
}

fn find_fault(origin: &str) -> Option<Fault> {
    let is_space = |letter: char| letter.is_whitespace() || letter == ',';
    match origin {
        "" => return Some(Fault::Empty),
        "null" => return Some(Fault::Null),
        _ if origin.contains('*') => return Some(Fault::Wildcard),
        _ if origin.trim_matches(is_space).contains(is_space) => return Some(Fault::List),
        _ => {}
    }
    let Some((scheme, rest)) = origin.split_once("://") else {
        return Some(Fault::NoScheme);
    };
    let is_scheme =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
    if !scheme.starts_with(|first: char| first.is_ascii_lowercase())
        || !scheme.bytes().all(is_scheme)
    {
        return Some(Fault::Scheme);
    }
    if rest.contains(['/', '?', '#', '\\']) {
        return Some(Fault::Path);
    }
    if rest.contains('@') {
        return Some(Fault::UserInfo);
    }
    // An IPv6 address has colons, and is in brackets.
    let host_end = rest.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match rest[host_end..].split_once(':') {
        Some((end, port)) => (&rest[..host_end + end.len()], Some(port)),
        None => (rest, None),
    };
    find_fault_in_host(host).or_else(|| find_fault_in_port(scheme, port?))
}

fn find_fault_in_host(host: &str) -> Option<Fault> {
    let is_address = host.starts_with('[') && host.ends_with(']') && host.contains(':');
    let name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let address = |byte: u8| byte.is_ascii_hexdigit() || b"[]:.".contains(&byte);
    match host {
        "" => Some(Fault::NoHost),
        _ if !host.is_ascii() => Some(Fault::NotAscii),
        _ if is_address && !host.bytes().all(address) => Some(Fault::Host),
        _ if !is_address && !host.bytes().all(name) => Some(Fault::Host),
        _ if host.bytes().any(|byte| byte.is_ascii_uppercase()) => Some(Fault::Capitals),
        _ => None,
    }
}

fn find_fault_in_port(scheme: &str, port: &str) -> Option<Fault> {
    let is_number = port.bytes().all(|digit| digit.is_ascii_digit()) && !port.starts_with('0');
    match (port.parse::<u16>(), scheme) {
        (Ok(443), "https" | "wss") | (Ok(80), "http" | "ws") => Some(Fault::DefaultPort),
        (Ok(_), _) if is_number => None,
        _ => Some(Fault::Port),
    }
}
