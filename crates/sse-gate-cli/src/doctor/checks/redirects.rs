//! Whether a request is sent elsewhere.
//!
//! A redirect of the stream costs a round trip for each reconnect, and writes the URL with its token to one more
//! log. A redirect of the mint breaks clients: `fetch` turns a POST into a GET at 301 and 302, and drops the
//! bearer at another origin.
//!
//! So each redirect is wrong, wherever it leads. `doctor` follows those of the stream at the same host, so that
//! the other checks see the stream.

use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};
use crate::doctor::url::Url;

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
    ("CloudFront", "Viewer protocol policy: HTTPS Only"),
    (
        "Fastly",
        "no forced TLS (`error 801`) on URLs that clients use as http",
    ),
];

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
