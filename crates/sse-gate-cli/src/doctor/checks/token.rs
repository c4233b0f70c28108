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
use crate::doctor::evidence::Evidence;
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
