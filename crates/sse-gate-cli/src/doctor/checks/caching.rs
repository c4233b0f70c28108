//! Whether something may keep the stream, or has kept it.
//!
//! A cache that keeps a stream shows one user's events to another, and old ones as new. A token that works once does not
//! help: the cache answers before the server is asked.
//!
//! | what is seen | verdict | what it means |
//! |---|---|---|
//! | `Age` above 0 | wrong | the answer was in a cache for so many seconds (RFC 9111, section 5.1) |
//! | a hit in `Cache-Status` (RFC 9211) or a header of a product, such as `X-Cache` | wrong | the same |
//! | `X-Accel-Buffering: yes` | wrong | it asks nginx to buffer |
//! | `Cache-Control` with neither `no-store` nor `no-cache`, or none | wrong | a cache may keep it (RFC 9111, section 3) |
//! | `no-cache` alone | note | a cache may keep it, and has to ask before it shows it (section 5.2.2.4) |
//! | `no-store` without `no-transform` | note | a proxy may compress it (section 5.2.2.6) |
//! | `no-store, no-transform` | good | what sse-gate sends |
//!
//! nginx obeys `X-Accel-Buffering` and removes it, so its absence means nothing. A browser's service worker does not obey
//! `no-store`: leave the route of the stream out of what it caches.

use super::stream;
use crate::doctor::client::Recording;
use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};

/// Headers in which caches say that they had the answer already.
const CACHE_STATUS: [&str; 6] = [
    "x-cache",
    "x-cache-status",
    "x-proxy-cache",
    "cf-cache-status",
    "cdn-cache",
    "cache-status",
];

/// Sources for the CDNs:
///
/// - Cloudflare: "Cache Rules settings", under Cache eligibility and Browser TTL;
/// - Fastly: VCL, `vcl_recv`, on `return(pass)`;
/// - Akamai: Property Manager, "Caching".
const ADVICE: Advice = &[
    (
        "server",
        "`Cache-Control: no-store, no-transform`, which sse-gate sends",
    ),
    (
        "nginx",
        "`proxy_cache off;` and no `expires`, `add_header Cache-Control` or `proxy_hide_header Cache-Control` in the location",
    ),
    ("Caddy", "no `header Cache-Control …` on the stream"),
    (
        "HAProxy",
        "no `http-request cache-use` and no `http-response set-header Cache-Control` on the stream",
    ),
    (
        "Cloudflare",
        "a Cache Rule for the stream: Cache eligibility Bypass cache, and no Browser TTL that overrides the origin",
    ),
    (
        "CloudFront",
        "cache policy CachingDisabled, and no response headers policy that sets Cache-Control",
    ),
    (
        "Fastly",
        "`return(pass);` in `vcl_recv` for the stream, and no `set resp.http.Cache-Control`",
    ),
    (
        "Akamai",
        "Caching: No store, or Bypass cache, in a rule for the stream",
    ),
];

/// Judges the headers of the stream as browsers get it.
pub(super) fn check(evidence: &Evidence) -> Finding {
    let stream = match stream(evidence) {
        Ok(stream) => stream,
        Err(finding) => return finding,
    };
    if let Some(seen) = hit(stream) {
        return Finding::wrong(format!("the answer comes from a cache: {seen}"), ADVICE);
    }
    let control = stream.header("cache-control");
    let has = |name: &str| {
        let mut directives = control.split(',').map(str::trim);
        directives.any(|it| it.eq_ignore_ascii_case(name))
    };
    let seen = match control.as_str() {
        "" => "no Cache-Control".to_owned(),
        _ => format!("Cache-Control: {control}"),
    };
    if stream
        .header("x-accel-buffering")
        .eq_ignore_ascii_case("yes")
    {
        return Finding::wrong("X-Accel-Buffering: yes asks nginx to buffer", ADVICE);
    }
    match (has("no-store"), has("no-cache"), has("no-transform")) {
        (true, _, true) => Finding::good(seen),
        (true, _, false) => Finding::note(format!("{seen}: no-transform is missing"), ADVICE),
        (false, true, _) => Finding::note(format!("{seen}: no-store is stricter"), ADVICE),
        (false, false, _) => Finding::wrong(format!("{seen}: a cache may keep it"), ADVICE),
    }
}

/// The header that shows that the answer is an old one.
fn hit(stream: &Recording) -> Option<String> {
    let age = stream.header("age");
    if age.parse::<u64>().is_ok_and(|it| it > 0) {
        return Some(format!("Age: {age}"));
    }
    CACHE_STATUS.iter().find_map(|name| {
        let value = stream.header(name);
        let is_hit = value.to_ascii_lowercase().contains("hit");
        is_hit.then(|| format!("{name}: {value}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;
    use crate::doctor::sample::{self, evidence};

    #[test]
    fn headers_say_whether_a_cache_may_keep_the_stream() {
        let fresh = ("cache-control", "no-store, No-Transform");
        for (headers, verdict, seen) in [
            (
                &[fresh][..],
                Verdict::Good,
                "Cache-Control: no-store, No-Transform",
            ),
            (
                &[fresh, ("age", "0"), ("x-cache", "MISS")],
                Verdict::Good,
                "Cache-Control: no-store, No-Transform",
            ),
            (
                &[fresh, ("age", "1")],
                Verdict::Wrong,
                "the answer comes from a cache: Age: 1",
            ),
            (
                &[fresh, ("x-accel-buffering", "Yes")],
                Verdict::Wrong,
                "X-Accel-Buffering: yes asks nginx to buffer",
            ),
            (&[], Verdict::Wrong, "no Cache-Control: a cache may keep it"),
            (
                &[("cache-control", "no-store")],
                Verdict::Note,
                "Cache-Control: no-store: no-transform is missing",
            ),
            (
                &[("cache-control", "no-cache")],
                Verdict::Note,
                "Cache-Control: no-cache: no-store is stricter",
            ),
        ] {
            let finding = check(&evidence(Ok(sample::stream(headers, &[]))));
            let expected = (verdict, seen.to_owned());
            assert_eq!((finding.verdict, finding.seen), expected, "{headers:?}");
        }
    }
}
