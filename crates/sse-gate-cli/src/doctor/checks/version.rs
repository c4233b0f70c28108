//! Which version of HTTP clients get.
//!
//! | what is seen | verdict | what it means |
//! |---|---|---|
//! | HTTP/2 over TLS | good | all streams of a browser share one connection |
//! | HTTP/1.1 over TLS | note | a browser opens six connections to a host, over all tabs, and each stream holds one |
//! | an `http` URL | unseen | browsers speak HTTP/2 over TLS only, and agree on it there (RFC 9113, section 3.2) |
//!
//! It is a note and not wrong, as other clients have no such limit. With HTTP/1.1 the seventh tab of a page waits for
//! ever, without an error. What helps there is one stream for all tabs (`sse-gate-client/shared` from npm), or a host name
//! for streams alone.
//!
//! HTTP/2 matters between the browser and the first proxy. Behind it, a proxy may speak HTTP/1.1 to the server: it opens
//! as many connections as it needs.

use http::Version;

use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};

/// Sources for the CDNs:
///
/// - Cloudflare: Speed, Settings, "Protocol optimization";
/// - CloudFront: API, `HttpVersion`, which is `http2` for new distributions;
/// - Fastly: API, "TLS Configuration", whose `http_protocols` can be read and not set: choose another configuration;
/// - Akamai: Property Manager, "HTTP/2".
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
    (
        "Fastly",
        "a TLS configuration whose `http_protocols` have HTTP/2",
    ),
    ("Akamai", "the behavior HTTP/2, in a secure property"),
];

/// Judges the version of the first answer.
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
