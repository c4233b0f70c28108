//! Whether the token of the URL stays where it belongs, and works once.
//!
//! Wrong is:
//!
//! - a header of any answer that repeats the token: `Location`, `Set-Cookie` or another;
//! - the page of an error that repeats it, within its first 64 KiB;
//! - a `Referrer-Policy` that is missing, or lets other origins see the URL;
//! - the URL of the watched stream opens one more stream, without an id.
//!
//! The logs of proxies and CDNs can't be seen from outside. The advice names their settings.
//!
//! | fault | why it matters |
//! |---|---|
//! | a header repeats the token | it is in one more log, or in a cookie that outlives it |
//! | an error page repeats it | it is in screenshots, in reports of crashes, and in caches of pages |
//! | no `Referrer-Policy` | a script or a picture of the answer's page tells the URL to another host |
//! | the token works twice | a reader of a log can open another stream |
//!
//! A token that works once and lives for 60 s makes all of these small, and not nothing: one that was never used,
//! because the page was closed, is good until its time is over.

use super::stream;
use crate::doctor::client::Recording;
use crate::doctor::evidence::{Absence, Evidence};
use crate::doctor::finding::{Advice, Finding};

/// Sources for the CDNs:
///
/// - Cloudflare: Rules, "Single Redirects settings" (Preserve query string); Logs, "HTTP requests", with its
///   fields `ClientRequestURI` and `ClientRequestPath`;
/// - CloudFront: Developer Guide, "Configure standard logging (v2)", in which the fields can be chosen, and "Standard
///   logging reference", with `cs-uri-query`;
/// - Fastly: VCL, `req.url` and `req.url.path`; "Custom log formats".
const ADVICE: Advice = &[
    (
        "server",
        "`Referrer-Policy: no-referrer`, which sse-gate sends; tokens that work once",
    ),
    (
        "nginx",
        "no `proxy_hide_header Referrer-Policy`; no `$request_uri` or `$args` in `return`, `error_page` and `add_header`; `log_format` without them",
    ),
    (
        "Caddy",
        "no `header -Referrer-Policy`; no `{uri}` or `{query}` in `redir`, `respond` and `handle_errors`; a `filter` in `log`",
    ),
    (
        "HAProxy",
        "no `http-response del-header Referrer-Policy`; no `url`, `query` or `capture.req.uri` in `return` and `redirect`; `log-format` with `%HPO`",
    ),
    (
        "Cloudflare",
        "no Redirect Rule with Preserve query string, and no Custom Errors with the URL; Logpush with ClientRequestPath in place of ClientRequestURI",
    ),
    (
        "CloudFront",
        "no function that redirects with the query; standard logging (v2) or real-time logs without cs-uri-query",
    ),
    (
        "Fastly",
        "no `req.url` in `synthetic` and Location; `req.url.path` in logs",
    ),
];

/// Policies under which a page at another origin never sees the query of a URL.
const GOOD_POLICIES: [&str; 6] = [
    "no-referrer",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
];

/// Judges all answers, the policy of the stream, and the second use of the URL.
pub(super) fn check(evidence: &Evidence) -> Finding {
    if evidence.tokens.is_empty() {
        return match evidence.mint {
            Some(_) => Finding::unseen("no token came"),
            None => Finding::unseen("the URL has no token"),
        };
    }
    let mut faults = echoes(evidence);
    if let Ok(stream) = stream(evidence) {
        faults.extend(referrer(stream));
    }
    if let Ok(second) = &evidence.reused
        && second.status.is_success()
    {
        faults.push("the token works a second time".to_owned());
    }
    match (faults.is_empty(), stream(evidence)) {
        (false, _) => Finding::wrong(faults.join("; "), ADVICE),
        (true, Ok(_)) if matches!(evidence.reused, Err(Absence::Broken)) => Finding::unseen(
            "no answer repeats it; the connection of its second use broke before an answer came",
        ),
        (true, Ok(_)) => Finding::good("no answer repeats it, and it works once"),
        (true, Err(finding)) => finding,
    }
}

/// Where answers repeat the token.
fn echoes(evidence: &Evidence) -> Vec<String> {
    let has_token = |bytes: &[u8]| evidence.tokens.iter().any(|token| contains(bytes, token));
    let mut faults = Vec::new();
    for redirect in &evidence.redirects {
        if has_token(redirect.location.as_bytes()) {
            faults.push(format!("Location of the {} repeats the token", redirect.of));
        }
    }
    for (name, answer) in evidence.recordings() {
        let values = answer
            .headers
            .iter()
            .filter(|(header, _)| *header != "location");
        for (header, value) in values {
            if has_token(value.as_bytes()) {
                faults.push(format!("{header} of the {name} repeats the token"));
            }
        }
        if !answer.is_event_stream() && has_token(&answer.body()) {
            let status = answer.status.as_u16();
            faults.push(format!(
                "the page of the {name} ({status}) repeats the token"
            ));
        }
    }
    faults.dedup();
    faults
}

fn contains(bytes: &[u8], token: &str) -> bool {
    bytes.windows(token.len()).any(|it| it == token.as_bytes())
}

/// What is wrong with the referrer policy of the stream. The last policy that browsers know counts.
fn referrer(stream: &Recording) -> Option<String> {
    let policy = stream.header("referrer-policy");
    let last = policy.rsplit(',').next().unwrap_or_default().trim();
    match last.to_ascii_lowercase().as_str() {
        "" => Some("no Referrer-Policy".to_owned()),
        it if GOOD_POLICIES.contains(&it) => None,
        other => Some(format!("Referrer-Policy: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::evidence::Redirect;
    use crate::doctor::finding::Verdict;
    use crate::doctor::sample::{self, answer, arrivals, evidence};

    const NO_REFERRER: (&str, &str) = ("referrer-policy", "no-referrer");

    /// What the check says of a stream with these headers.
    fn seen(headers: &[(&'static str, &'static str)]) -> (Verdict, String) {
        let finding = check(&evidence(Ok(sample::stream(headers, &[]))));
        (finding.verdict, finding.seen)
    }

    #[test]
    fn the_last_referrer_policy_that_is_known_counts() {
        let good = "no answer repeats it, and it works once";
        for (policy, verdict, text) in [
            ("no-referrer", Verdict::Good, good),
            ("unsafe-url, Strict-Origin", Verdict::Good, good),
            (
                "no-referrer, unsafe-url",
                Verdict::Wrong,
                "Referrer-Policy: unsafe-url",
            ),
            ("", Verdict::Wrong, "no Referrer-Policy"),
        ] {
            let expected = (verdict, text.to_owned());
            assert_eq!(seen(&[("referrer-policy", policy)]), expected, "{policy}");
        }
        assert_eq!(seen(&[]).1, "no Referrer-Policy");
    }

    #[test]
    fn the_page_of_an_error_may_not_repeat_the_token_and_the_stream_may() {
        let body = [(0, "data: sset1_xyz\n\n")];
        let mut evidence = evidence(Ok(sample::stream(&[NO_REFERRER], &body)));
        assert_eq!(check(&evidence).verdict, Verdict::Good);
        let mut page = answer(404, &[]);
        page.arrivals = arrivals(&body);
        evidence.reused = Ok(page);
        let finding = check(&evidence);
        assert_eq!(
            finding.seen,
            "the page of the second answer (404) repeats the token"
        );
    }

    #[test]
    fn a_second_answer_is_wrong_if_it_is_a_success() {
        for (status, verdict) in [(401, Verdict::Good), (200, Verdict::Wrong)] {
            let mut evidence = evidence(Ok(sample::stream(&[NO_REFERRER], &[])));
            evidence.reused = Ok(answer(status, &[]));
            assert_eq!(check(&evidence).verdict, verdict, "{status}");
        }
        for (absence, verdict) in [
            (Absence::Silent, Verdict::Good),
            (Absence::Broken, Verdict::Unseen),
        ] {
            let mut evidence = evidence(Ok(sample::stream(&[NO_REFERRER], &[])));
            evidence.reused = Err(absence);
            assert_eq!(check(&evidence).verdict, verdict, "{absence:?}");
        }
    }

    /// A compressed stream and the plain one after it are the same to a reader of the report.
    #[test]
    fn each_place_that_repeats_the_token_is_named_once() {
        let cookie = [NO_REFERRER, ("set-cookie", "last=sset1_xyz")];
        let mut evidence = evidence(Ok(sample::stream(&cookie, &[])));
        evidence.plain = Some(Ok(sample::stream(&cookie, &[])));
        for (of, location) in [("mint", "/y?token=sset1_xyz"), ("stream", "/z")] {
            evidence.redirects.push(Redirect {
                of,
                from: "http://a/x".parse().expect("a URL"),
                status: http::StatusCode::FOUND,
                location: location.to_owned(),
            });
        }
        let expected = "Location of the mint repeats the token; \
            set-cookie of the stream repeats the token";
        assert_eq!(check(&evidence).seen, expected);
    }
}
