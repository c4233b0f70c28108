//! What is decided about a request before any token is looked for: public facts, no state.

use http::Method;
use http::header::{HeaderMap, HeaderName, HeaderValue, ORIGIN};
use http::request::Parts;

use super::{GateRejection, accept, content};

/// One check: it passes, or names what is wrong.
type Check = fn(&Parts) -> Result<(), GateRejection>;

/// The checks that need nothing but the request's head, in their order. Those of the method and the
/// route come before them; whether content is there that no header announces, after them.
const CHECKS: [Check; 4] = [early_data, body, prefetch, fetch_metadata];

/// Runs all of [`CHECKS`], and looks at `Accept`.
pub(super) fn head(parts: &Parts, takes_any_type: bool) -> Result<(), GateRejection> {
    CHECKS.iter().try_for_each(|check| check(parts))?;
    pass_if(
        accept::takes(&parts.headers, takes_any_type),
        GateRejection::Accept,
    )
}

/// Only GET opens a stream, and POST for a caller with a credential of its own.
/// `X-HTTP-Method-Override` and its like are not looked at.
pub(super) fn method(method: &Method, by_caller: bool) -> Result<(), GateRejection> {
    let is_open = method == Method::GET || (by_caller && method == Method::POST);
    pass_if(is_open, GateRejection::Method)
}

/// RFC 8470 §5.1: a proxy marks with `Early-Data` what it got before the handshake was done.
fn early_data(parts: &Parts) -> Result<(), GateRejection> {
    pass_if(
        !parts.headers.contains_key("early-data"),
        GateRejection::EarlyData,
    )
}

/// A GET has no content. `Upgrade` is an offer, which a server may ignore (RFC 9110 §7.8), and
/// how a request is framed says nothing: see [`content`].
fn body(parts: &Parts) -> Result<(), GateRejection> {
    let may_be = parts.method == Method::POST;
    pass_if(
        may_be || !content::is_announced(&parts.headers),
        GateRejection::Body,
    )
}

/// `Sec-Purpose` (Fetch §3.6) and the names that it had before.
fn prefetch(parts: &Parts) -> Result<(), GateRejection> {
    const AHEAD_OF_TIME: [&str; 3] = ["prefetch", "prerender", "preview"];
    let is_ahead = |name: &str| {
        let values = parts.headers.get_all(name).iter();
        values
            .flat_map(|value| value.to_str().unwrap_or_default().split([',', ';']))
            .any(|purpose| {
                AHEAD_OF_TIME
                    .iter()
                    .any(|word| purpose.trim().eq_ignore_ascii_case(word))
            })
    };
    let ahead = ["sec-purpose", "purpose", "x-purpose", "x-moz"]
        .into_iter()
        .any(is_ahead);
    pass_if(!ahead, GateRejection::Prefetch)
}

/// Fetch Metadata: a script's request has the destination `empty` and the mode `cors` or
/// `same-origin`. Who sends no such headers is no browser, or an old one.
fn fetch_metadata(parts: &Parts) -> Result<(), GateRejection> {
    let all_are = |name: &str, expected: &[&str]| {
        parts
            .headers
            .get_all(name)
            .iter()
            .all(|value| expected.iter().any(|it| value == it))
    };
    let by_script = all_are("sec-fetch-mode", &["cors", "same-origin"])
        && all_are("sec-fetch-dest", &["empty"]);
    pass_if(by_script, GateRejection::FetchMetadata)
}

/// A page's origin must be among the allowed. A request without one must come from the page's
/// own origin, or from no browser at all.
pub(super) fn origin(parts: &Parts, allowed: &[HeaderValue]) -> Result<(), GateRejection> {
    let headers = &parts.headers;
    let mut origins = headers.get_all(ORIGIN).iter();
    let passes = match (origins.next(), origins.next()) {
        (Some(origin), None) => allowed.contains(origin),
        (None, _) => is_same_origin_or_no_browser(headers),
        (Some(_), Some(_)) => false,
    };
    pass_if(passes, GateRejection::Origin)
}

fn is_same_origin_or_no_browser(headers: &HeaderMap) -> bool {
    const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
    match headers.get(SEC_FETCH_SITE) {
        Some(site) => site == "same-origin",
        None => !headers
            .keys()
            .any(|name| name.as_str().starts_with("sec-fetch-")),
    }
}

fn pass_if(passes: bool, otherwise: GateRejection) -> Result<(), GateRejection> {
    if passes { Ok(()) } else { Err(otherwise) }
}
