//! Whether an event stream comes at all.
//!
//! Good is 200 with `text/event-stream`: an `EventSource` takes nothing else (HTML §9.2.3). Every other status
//! is wrong and explained, but for those that another check explains: 406 is `accept`'s, and 3xx are
//! `redirects`'.
//!
//! 204 can't be judged: it is how a server says that a stream is over.
//!
//! | status | the usual cause |
//! |---|---|
//! | 200 with another type | an error page of a proxy, or a route that leads to a page |
//! | 401 | no token, one that is spent, or a proxy that repeats requests and spends it |
//! | 403 | a permission that is missing, an origin that is not allowed, or a firewall before the server |
//! | 404 | a proxy that cuts a prefix of the path, or a router that is nested |
//! | 429 | a limit of the server or of a proxy |
//! | 502, 503, 504, 52x | no server is there, it failed, or it did not answer in time |
//!
//! sse-gate answers 401 to all tokens that it does not take, in the same words, so that nothing can be learned from
//! it. `doctor` can't see more, either: the server's own metrics count the reasons.

use http::StatusCode;

use super::absent;
use crate::doctor::client::Recording;
use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};

/// For an answer of another type.
const TYPE: Advice = &[
    ("server", "answer with Content-Type: text/event-stream"),
    (
        "nginx",
        "no `default_type` and no `error_page` that replaces the answer",
    ),
    ("Caddy", "no `header Content-Type …` on the stream"),
    (
        "HAProxy",
        "no `http-response set-header Content-Type …` on the stream",
    ),
];

/// For answers of a proxy without a server. Sources for the CDNs:
///
/// - Cloudflare: "Cloudflare 5xx errors";
/// - Fastly: "Fastly-generated 503 errors in VCL".
const NO_SERVER: Advice = &[
    (
        "nginx",
        "`proxy_pass` has to lead to a server that runs; see its error log",
    ),
    (
        "Caddy",
        "`reverse_proxy` has to lead to a server that runs; see its log",
    ),
    (
        "HAProxy",
        "a `server` of the backend has to be up; see its log",
    ),
    (
        "Cloudflare",
        "52x: see \"Cloudflare 5xx errors\" in its documentation",
    ),
    (
        "CloudFront",
        "502 and 504: the origin's domain, port and protocol",
    ),
    ("Fastly", "503: the host, port and TLS of the backend"),
];

/// For 401.
const REFUSED: Advice = &[
    (
        "you",
        "give --mint and --bearer-env, so that each probe has a token of its own",
    ),
    (
        "server",
        "a proxy that repeats requests spends the token: see `proxy_next_upstream off` (nginx), `option redispatch` (HAProxy), `lb_try_duration` (Caddy)",
    ),
];

/// For 404.
const NOT_FOUND: Advice = &[
    (
        "server",
        "if the proxy cuts a prefix: `SseRoute::with_url_prefix`; if routers are nested: `with_nest`",
    ),
    (
        "nginx",
        "`proxy_pass http://server;` without a path keeps the path",
    ),
    ("Caddy", "`handle_path` cuts a prefix, `handle` keeps it"),
    (
        "HAProxy",
        "no `http-request replace-path` that cuts a prefix",
    ),
];

/// For 403.
const FORBIDDEN: Advice = &[
    (
        "server",
        "sse-gate answers 403 if a permission is missing or the page's origin is not allowed",
    ),
    (
        "Cloudflare",
        "see Security > Events: a WAF rule or a challenge may have stopped the request",
    ),
    (
        "CloudFront",
        "see AWS WAF, and whether the behavior allows the method",
    ),
];

/// Judges the status and the type of the first answer.
pub(super) fn check(evidence: &Evidence) -> Finding {
    match &evidence.stream {
        Ok(answer) => judge(answer),
        Err(absence) => absent(*absence),
    }
}

fn judge(answer: &Recording) -> Finding {
    let status = answer.status;
    let content_type = answer.header("content-type");
    let content_type = if content_type.is_empty() {
        "no type"
    } else {
        &content_type
    };
    let seen = format!("{status}, {content_type}");
    match status {
        _ if answer.is_event_stream() => Finding::good(seen),
        StatusCode::OK => Finding::wrong(seen, TYPE),
        StatusCode::NO_CONTENT => {
            Finding::unseen(format!("{seen}: the server says that the stream is over"))
        }
        StatusCode::NOT_ACCEPTABLE => Finding::unseen(format!("{seen}: see `accept`")),
        _ if status.is_redirection() => Finding::unseen(format!("{seen}: see `redirects`")),
        StatusCode::UNAUTHORIZED => Finding::wrong(
            format!("{seen}: the token is missing, unknown or spent"),
            REFUSED,
        ),
        StatusCode::FORBIDDEN => Finding::wrong(format!("{seen}: refused"), FORBIDDEN),
        StatusCode::NOT_FOUND => {
            Finding::wrong(format!("{seen}: the path leads to no stream"), NOT_FOUND)
        }
        StatusCode::TOO_MANY_REQUESTS => Finding::wrong(format!("{seen}: a limit is reached"), &[]),
        _ if status.is_server_error() => Finding::wrong(
            format!("{seen}: no server is there, or it failed"),
            NO_SERVER,
        ),
        _ => Finding::wrong(seen, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;
    use crate::doctor::sample::{answer, evidence, stream};

    #[test]
    fn each_status_is_explained() {
        let seen = |recording| {
            let finding = check(&evidence(Ok(recording)));
            (finding.verdict, finding.seen, finding.advice)
        };
        let good = "200 OK, text/event-stream".to_owned();
        let none: Advice = &[];
        assert_eq!(seen(stream(&[], &[])), (Verdict::Good, good, none));
        for (status, verdict, text, advice) in [
            (200, Verdict::Wrong, "200 OK, no type", TYPE),
            (
                204,
                Verdict::Unseen,
                "204 No Content, no type: the server says that the stream is over",
                none,
            ),
            (
                301,
                Verdict::Unseen,
                "301 Moved Permanently, no type: see `redirects`",
                none,
            ),
            (
                401,
                Verdict::Wrong,
                "401 Unauthorized, no type: the token is missing, unknown or spent",
                REFUSED,
            ),
            (
                403,
                Verdict::Wrong,
                "403 Forbidden, no type: refused",
                FORBIDDEN,
            ),
            (
                404,
                Verdict::Wrong,
                "404 Not Found, no type: the path leads to no stream",
                NOT_FOUND,
            ),
            (
                406,
                Verdict::Unseen,
                "406 Not Acceptable, no type: see `accept`",
                none,
            ),
            (410, Verdict::Wrong, "410 Gone, no type", none),
            (
                429,
                Verdict::Wrong,
                "429 Too Many Requests, no type: a limit is reached",
                none,
            ),
            (
                502,
                Verdict::Wrong,
                "502 Bad Gateway, no type: no server is there, or it failed",
                NO_SERVER,
            ),
        ] {
            let expected = (verdict, text.to_owned(), advice);
            assert_eq!(seen(answer(status, &[])), expected);
        }
    }
}
