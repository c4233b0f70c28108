//! Whether the header `Accept` arrives at the server.
//!
//! Every request of `doctor` for a stream has `Accept: text/event-stream`, as an `EventSource` sends it. sse-gate
//! answers 406 to one without. So 406 means that something on the way has removed or replaced the header.
//!
//! A server that does not look at `Accept` gives no sign, and the check is good: nothing depends on the header.
//!
//! | what is seen | verdict |
//! |---|---|
//! | 406 | wrong: the header was sent, and did not arrive |
//! | an event stream | good |
//! | any other answer | unseen: another check explains it |
//!
//! sse-gate insists on the header because a browser sends another one when a user opens the URL in a tab, or when a
//! messenger fetches it for a preview. Those requests would spend the token.

use http::StatusCode;

use super::absent;
use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};

/// Sources for the CDNs:
///
/// - Cloudflare: "Request Header Transform Rules", which set and remove headers;
/// - CloudFront: Developer Guide, "Request and response behavior for custom origins", in its table of headers, and
///   "Use managed origin request policies";
/// - Fastly: VCL, `req.http`.
const ADVICE: Advice = &[
    (
        "nginx",
        "no `proxy_set_header Accept …`, and `proxy_pass_request_headers on`",
    ),
    (
        "Caddy",
        "no `header_up -Accept` and no `request_header -Accept`",
    ),
    (
        "HAProxy",
        "no `http-request del-header Accept` and no `set-header Accept`",
    ),
    (
        "Cloudflare",
        "no Request Header Transform Rule that removes or sets Accept",
    ),
    (
        "CloudFront",
        "origin request policy AllViewer or AllViewerExceptHostHeader, or one that has Accept",
    ),
    (
        "Fastly",
        "no `unset req.http.Accept` and no `set req.http.Accept`",
    ),
];

/// Wrong if the server says that the header did not arrive.
pub(super) fn check(evidence: &Evidence) -> Finding {
    match &evidence.stream {
        Ok(answer) if answer.status == StatusCode::NOT_ACCEPTABLE => Finding::wrong(
            "406: `Accept: text/event-stream` was sent, and did not arrive",
            ADVICE,
        ),
        Ok(answer) if answer.is_event_stream() => Finding::good("nothing objects to it"),
        Ok(_) => Finding::unseen("no event stream came"),
        Err(absence) => absent(*absence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::evidence::Absence;
    use crate::doctor::finding::Verdict;
    use crate::doctor::sample::{answer, evidence, stream};

    #[test]
    fn only_a_406_says_that_the_header_is_lost() {
        for (probe, expected) in [
            (Ok(answer(406, &[])), Verdict::Wrong),
            (Ok(stream(&[], &[])), Verdict::Good),
            (Ok(answer(404, &[])), Verdict::Unseen),
            (Err(Absence::Silent), Verdict::Unseen),
        ] {
            let evidence = evidence(probe);
            assert_eq!(check(&evidence).verdict, expected, "{:?}", evidence.stream);
        }
    }
}
