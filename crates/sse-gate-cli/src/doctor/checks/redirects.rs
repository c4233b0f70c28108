//! Whether a request is sent elsewhere.
//!
//! Each redirect is wrong, wherever it leads:
//!
//! | of | what it does |
//! |---|---|
//! | the stream | it costs a round trip for each reconnect, and writes the URL with its token to one more log |
//! | the mint, 301 or 302 | `fetch` makes a GET of the POST (Fetch, "HTTP-redirect fetch"), and the answer is 405 |
//! | the mint, 307 or 308 | `fetch` posts again, and drops `Authorization` at another origin |
//!
//! The finding says where a redirect leads: to another host, to https, or to another path. `doctor` follows those of the
//! stream within its origin, and from http to https at its host, so that the other checks see the stream. It follows no
//! other one, as it has a bearer and a token with it. The other checks are `unseen` then.
//!
//! A URL without its last slash, or with http in place of https, is the usual cause. Clients keep the URL that they were
//! given, so that the page or the mint has to name the final one.

use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};
use crate::doctor::url::Url;

/// Sources for the CDNs:
///
/// - Cloudflare: API, zone setting `always_use_https`; Rules, "Single Redirects settings";
/// - CloudFront: API, `ViewerProtocolPolicy`: `https-only` answers 403 to http;
/// - Fastly: examples, "Redirect insecure HTTP to TLS (SSL, HTTPS) in VCL". Compute does it by itself.
const ADVICE: Advice = &[
    (
        "you",
        "give clients the final URL: https, and the path with or without its last slash",
    ),
    (
        "server",
        "`SseRoute::with_url_prefix(\"https://…\")` puts the final origin into `stream_url`",
    ),
    (
        "nginx",
        "`location = /events` beside `location /events/`, and no `return 301` or `rewrite … redirect` on the stream",
    ),
    (
        "Caddy",
        "no `redir` on the stream; https from the start, as Caddy redirects http",
    ),
    (
        "HAProxy",
        "`http-request redirect … unless { path_beg /events }`",
    ),
    (
        "Cloudflare",
        "Always Use HTTPS and Redirect Rules must not match the stream",
    ),
    (
        "CloudFront",
        "https from the start; Viewer protocol policy HTTPS Only refuses http, and does not redirect",
    ),
    (
        "Fastly",
        "https from the start: Compute, and services that force TLS, redirect http",
    ),
];

/// Good if no request was sent elsewhere, else wrong.
pub(super) fn check(evidence: &Evidence) -> Finding {
    if evidence.redirects.is_empty() {
        return Finding::good("none");
    }
    let all = evidence.redirects.iter().map(|it| {
        let to = it.from.join(&it.location);
        let to = to.map_or_else(|_| "elsewhere".to_owned(), |to| place(&to, &it.from));
        format!("the {} redirects to {to} ({})", it.of, it.status.as_u16())
    });
    Finding::wrong(all.collect::<Vec<_>>().join("; "), ADVICE)
}

/// Where a redirect leads, with what is different said first.
fn place(to: &Url, from: &Url) -> String {
    let what = if !to.is_at_host_of(from) {
        "another host, "
    } else if to.is_https() && !from.is_https() {
        "https, "
    } else {
        ""
    };
    format!("{what}{to}")
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::doctor::evidence::{Absence, Redirect};
    use crate::doctor::finding::Verdict;
    use crate::doctor::sample::evidence;

    #[test]
    fn what_is_different_is_said_first() {
        for (from, to, seen) in [
            ("http://a/x", "https://a/x", "https, https://a/x"),
            ("https://a/x", "https://a/y", "https://a/y"),
            ("http://a/x", "/y", "http://a/y"),
            ("https://a/x", "http://a/x", "http://a/x"),
            ("http://a/x", "https://b/x", "another host, https://b/x"),
            ("http://a/x", "y", "elsewhere"),
        ] {
            let mut evidence = evidence(Err(Absence::NotTried));
            assert_eq!(check(&evidence).verdict, Verdict::Good);
            evidence.redirects.push(Redirect {
                of: "mint",
                from: from.parse().expect("a URL"),
                status: StatusCode::FOUND,
                location: to.to_owned(),
            });
            let finding = check(&evidence);
            assert_eq!(finding.seen, format!("the mint redirects to {seen} (302)"));
            assert_eq!(finding.verdict, Verdict::Wrong);
        }
    }
}
