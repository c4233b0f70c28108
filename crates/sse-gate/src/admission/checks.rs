//! Checks that come before any token is looked for. They use public facts only, and no state.

use http::Method;
use http::header::{HeaderMap, HeaderName, HeaderValue, ORIGIN};
use http::request::Parts;

use super::{GateRejection, accept, content};

/// One check: it passes, or names what is wrong.
type Check = fn(&Parts) -> Result<(), GateRejection>;

/// The checks that need only the head of the request, in order. The checks of the method and the route
/// come before them. Content that no header announces is looked for after them.
const CHECKS: [Check; 4] = [early_data, body, prefetch, fetch_metadata];

/// Runs all of [`CHECKS`], and looks at `Accept`.
pub(super) fn head(parts: &Parts, takes_any_type: bool) -> Result<(), GateRejection> {
    CHECKS.iter().try_for_each(|check| check(parts))?;
    pass_if(
        accept::takes(&parts.headers, takes_any_type),
        GateRejection::Accept,
    )
}

/// GET opens a stream, and so does POST for a caller with its own credential.
/// `X-HTTP-Method-Override` and similar headers are ignored.
pub(super) fn method(method: &Method, by_caller: bool) -> Result<(), GateRejection> {
    let is_open = method == Method::GET || (by_caller && method == Method::POST);
    pass_if(is_open, GateRejection::Method)
}

/// A proxy marks a request with `Early-Data` that it got before the TLS handshake was complete (RFC
/// 8470 §5.1).
fn early_data(parts: &Parts) -> Result<(), GateRejection> {
    const EARLY_DATA: HeaderName = HeaderName::from_static("early-data");
    pass_if(
        !parts.headers.contains_key(EARLY_DATA),
        GateRejection::EarlyData,
    )
}

/// A GET has no content. `Upgrade` is an offer that a server may ignore (RFC 9110 §7.8). The framing of
/// a request does not show whether it has content: see [`content`].
fn body(parts: &Parts) -> Result<(), GateRejection> {
    let may_be = parts.method == Method::POST;
    pass_if(
        may_be || !content::is_announced(&parts.headers),
        GateRejection::Body,
    )
}

/// Browsers mark what they fetch ahead of time with `Sec-Purpose` (Fetch §3.6), or with the older
/// headers of the same meaning.
fn prefetch(parts: &Parts) -> Result<(), GateRejection> {
    const AHEAD_OF_TIME: [&str; 3] = ["prefetch", "prerender", "preview"];
    const NAMES: [HeaderName; 4] = [
        HeaderName::from_static("sec-purpose"),
        HeaderName::from_static("purpose"),
        HeaderName::from_static("x-purpose"),
        HeaderName::from_static("x-moz"),
    ];
    let is_ahead = |name: &HeaderName| {
        let values = parts.headers.get_all(name).iter();
        values
            .flat_map(|value| value.to_str().unwrap_or_default().split([',', ';']))
            .any(|purpose| {
                AHEAD_OF_TIME
                    .iter()
                    .any(|word| purpose.trim().eq_ignore_ascii_case(word))
            })
    };
    pass_if(!NAMES.iter().any(is_ahead), GateRejection::Prefetch)
}

/// Fetch Metadata: a script's request has the destination `empty` and the mode `cors` or
/// `same-origin`. A request without these headers comes from a program or an old browser, and passes.
fn fetch_metadata(parts: &Parts) -> Result<(), GateRejection> {
    const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
    const DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
    let all_are = |name: HeaderName, expected: &[&str]| {
        parts
            .headers
            .get_all(name)
            .iter()
            .all(|value| expected.iter().any(|it| value == it))
    };
    let by_script = all_are(MODE, &["cors", "same-origin"]) && all_are(DEST, &["empty"]);
    pass_if(by_script, GateRejection::FetchMetadata)
}

/// The origin must be one of the allowed. A request without `Origin` passes if Fetch Metadata says
/// that it has the same origin, or if it has no Fetch Metadata, as programs have none.
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
