//! Whether the header `Last-Event-ID` arrives at the server.
//!
//! The watched stream is cut by the client, and the same URL is asked for again, with the id of the last event
//! that is complete. Good is a stream whose first event was not there before, and 204, which says that the stream
//! is over. Wrong is:
//!
//! - 401: sse-gate got a spent token without an id, or does not know the session;
//! - a first event that was there before: the server began anew;
//! - any other answer.
//!
//! Streams without ids can't be resumed, so there is nothing to see.

use http::StatusCode;

use super::{absent, watched};
use crate::doctor::client::Recording;
use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};
use crate::doctor::transcript::Transcript;

const ADVICE: Advice = &[
    (
        "server",
        "if the header arrives: the server that answered does not know the session. Many servers need a store that they share",
    ),
    (
        "nginx",
        "no `proxy_set_header Last-Event-ID …`, and `proxy_pass_request_headers on`",
    ),
    (
        "Caddy",
        "no `header_up -Last-Event-ID` and no `request_header -Last-Event-ID`",
    ),
    ("HAProxy", "no `http-request del-header Last-Event-ID`"),
    (
        "Cloudflare",
        "no Request Header Transform Rule that removes Last-Event-ID",
    ),
    (
        "CloudFront",
        "origin request policy AllViewer, or one that has Last-Event-ID",
    ),
    ("Fastly", "no `unset req.http.Last-Event-ID`"),
];

pub(super) fn check(evidence: &Evidence) -> Finding {
    if let Err(finding) = watched(evidence) {
        return finding;
    }
    let ids = evidence.transcript().ids;
    if ids.is_empty() {
        return Finding::unseen("no event with an id came, so there is nothing to go on from");
    }
    match &evidence.resumed {
        Ok(answer) => judge(answer, &ids),
        Err(absence) => absent(*absence),
    }
}

fn judge(answer: &Recording, ids: &[String]) -> Finding {
    match answer.status {
        _ if answer.is_event_stream() => {
            let again = Transcript::of(&answer.arrivals).ids;
            // A server that got the id goes on behind it, and does not repeat what came before.
            if again.first().is_some_and(|id| ids.contains(id)) {
                return Finding::wrong(
                    "the stream begins anew: Last-Event-ID did not arrive",
                    ADVICE,
                );
            }
            Finding::good("the stream goes on")
        }
        StatusCode::NO_CONTENT => Finding::good("204: the server knows that the stream is over"),
        StatusCode::UNAUTHORIZED => Finding::wrong(
            "401: Last-Event-ID did not arrive, or the server has forgotten the stream",
            ADVICE,
        ),
        status => Finding::wrong(format!("the stream does not go on: {status}"), ADVICE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::evidence::Absence;
    use crate::doctor::finding::Verdict;
    use crate::doctor::sample::{self, evidence, stream};

    #[test]
    fn a_stream_goes_on_behind_the_id_or_is_over() {
        let answer = |status| Ok(sample::answer(status, &[]));
        for (resumed, verdict, seen) in [
            (
                Ok(stream(&[], &[(0, "id: 2\ndata: y\n\n")])),
                Verdict::Good,
                "the stream goes on",
            ),
            (Ok(stream(&[], &[])), Verdict::Good, "the stream goes on"),
            (
                answer(204),
                Verdict::Good,
                "204: the server knows that the stream is over",
            ),
            (
                Ok(stream(&[], &[(0, "id: 1\ndata: x\n\n")])),
                Verdict::Wrong,
                "the stream begins anew: Last-Event-ID did not arrive",
            ),
            (
                answer(401),
                Verdict::Wrong,
                "401: Last-Event-ID did not arrive, or the server has forgotten the stream",
            ),
            (
                answer(200),
                Verdict::Wrong,
                "the stream does not go on: 200 OK",
            ),
            (Err(Absence::Silent), Verdict::Unseen, "no answer came"),
        ] {
            let mut evidence = evidence(Ok(stream(&[], &[(0, "id: 1\ndata: x\n\n")])));
            evidence.resumed = resumed;
            let finding = check(&evidence);
            let expected = (verdict, seen.to_owned());
            assert_eq!((finding.verdict, finding.seen), expected, "{evidence:?}");
        }
    }

    #[test]
    fn a_stream_without_ids_has_nothing_to_go_on_from() {
        let finding = check(&evidence(Ok(stream(&[], &[(0, "data: x\n\n")]))));
        let expected = "no event with an id came, so there is nothing to go on from";
        assert_eq!(finding.seen, expected);
    }
}
