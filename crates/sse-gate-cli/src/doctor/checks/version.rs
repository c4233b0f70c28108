//! Which version of HTTP clients get.
//!
//! Over HTTP/1.1 a browser opens six connections to a host, over all tabs, and each stream holds one. It is a note
//! and not wrong, as other clients have no such limit. Browsers speak HTTP/2 over TLS only, so an `http` URL shows
//! nothing.

use http::Version;

use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};

const ADVICE: Advice = &[
    (
        "nginx",
        "`http2 on;` (before 1.25.1: `listen 443 ssl http2;`)",
    ),
    (
        "Caddy",
        "the default, so no `protocols h1` in the global `servers`",
    ),
    ("HAProxy", "`bind :443 ssl crt … alpn h2,http/1.1`"),
    (
        "Cloudflare",
        "Speed > Settings > Protocol Optimization: HTTP/2",
    ),
    ("CloudFront", "Supported HTTP versions: HTTP/2"),
    ("Fastly", "a TLS configuration with HTTP/2"),
];

pub(super) fn check(evidence: &Evidence) -> Finding {
    let Ok(answer) = &evidence.stream else {
        return Finding::unseen("no answer came");
    };
    match answer.version {
        _ if !evidence.url.is_https() => {
            Finding::unseen("browsers use HTTP/2 with TLS only, and the URL is http")
        }
        Version::HTTP_2 => Finding::good("HTTP/2"),
        _ => Finding::note(
            "HTTP/1.1: a browser opens six connections to a host, and each stream holds one",
            ADVICE,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;
    use crate::doctor::sample::{evidence, stream};

    #[test]
    fn the_version_counts_over_tls_only() {
        for (url, version, verdict) in [
            ("https://a/", Version::HTTP_2, Verdict::Good),
            ("https://a/", Version::HTTP_11, Verdict::Note),
            ("http://a/", Version::HTTP_11, Verdict::Unseen),
        ] {
            let mut answer = stream(&[], &[]);
            answer.version = version;
            let mut evidence = evidence(Ok(answer));
            evidence.url = url.parse().expect("a URL");
            assert_eq!(check(&evidence).verdict, verdict, "{url} {version:?}");
        }
    }
}
