//! The header `Retry-After` (RFC 9110, section 10.2.3).

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// How long the server asks to wait; `None` if it does not say so, or not in a way that can be read.
///
/// A date counts from the server's own `Date`, so that a wrong clock on this side does no harm.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that is too large for 64 bits is no number here.
        return value.parse().ok().map(Duration::from_secs);
    }
    let now = headers.get(DATE)?.to_str().ok()?;
    let now = httpdate::parse_http_date(now).ok()?;
    let then = httpdate::parse_http_date(value).ok()?;
    Some(then.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn seconds_and_dates_are_read_and_nothing_else() {
        let date = "Fri, 27 Nov 2026 05:00:00 GMT";
        let rows = [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("18446744073709551616", None),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("Fri, 27 Nov 2026 05:00:07 GMT", Some(7)),
            ("Fri, 27 Nov 2026 04:59:00 GMT", Some(0)),
        ];
        for (value, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(DATE, HeaderValue::from_static(date));
            headers.insert(RETRY_AFTER, HeaderValue::from_static(value));
            let expected = expected.map(Duration::from_secs);
            assert_eq!(retry_after(&headers), expected, "{value:?}");
        }
    }

    #[test]
    fn a_date_means_nothing_without_the_servers_own() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_static("Fri, 27 Nov 2026 05:00:07 GMT");
        headers.insert(RETRY_AFTER, value);
        assert_eq!(retry_after(&headers), None);
    }
}
