//! Whether a client accepts an event stream: [`takes`].

use http::HeaderMap;
use http::header::ACCEPT;

use crate::headers::EVENT_STREAM;

/// How closely a media range names an event stream. The most specific range decides (RFC 9110
/// §12.5.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    /// `*/*`
    AnyType,
    /// `text/*`
    AnyText,
    /// `text/event-stream`
    Named,
}

/// Whether a client accepts an event stream.
///
/// The client must name `text/event-stream`: link previews and similar programs send `*/*`. With
/// `any_type`, a range that includes the type is enough, and so is no `Accept` header at all.
pub(super) fn takes(headers: &HeaderMap, any_type: bool) -> bool {
    let mut values = headers.get_all(ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return any_type;
    }
    let ranges = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(range);
    let closest = ranges.max();
    closest.is_some_and(|(closeness, is_wanted)| {
        is_wanted && (any_type || closeness == Closeness::Named)
    })
}

/// Reads a media range that includes event streams: how closely it names them, and whether they are
/// wanted. A weight of zero means that they are not. A range with an invalid weight is ignored.
fn range(range: &str) -> Option<(Closeness, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let media = parts.next()?;
    let closeness = match media {
        "*/*" => Closeness::AnyType,
        _ if media.eq_ignore_ascii_case("text/*") => Closeness::AnyText,
        _ if media.eq_ignore_ascii_case(EVENT_STREAM) => Closeness::Named,
        _ => return None,
    };
    let weights = parts.filter_map(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.trim_end().eq_ignore_ascii_case("q").then_some(value)
    });
    let mut is_wanted = true;
    for weight in weights {
        is_wanted &= !is_zero(weight)?;
    }
    Some((closeness, is_wanted))
}

/// Whether a weight is zero. `None` if it is not a valid weight, which is a number from `0` to `1` with
/// at most three decimals (RFC 9110 §12.4.2).
fn is_zero(weight: &str) -> Option<bool> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let is_short = decimals.len() <= 3 && decimals.bytes().all(|digit| digit.is_ascii_digit());
    let is_even = decimals.bytes().all(|digit| digit == b'0');
    match whole {
        "0" if is_short => Some(is_even),
        "1" if is_short && is_even => Some(false),
        _ => None,
    }
}
