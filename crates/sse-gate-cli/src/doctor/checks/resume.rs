//! Whether the header `Last-Event-ID` arrives at the server.
//!
//! The watched stream is cut by the client, and the same URL is asked for again, with the id of the last event
//! that is complete. Good is a stream whose first event was not there before, and 204, which says that the stream
//! is over. Wrong is:
//!
//! - 401: sse-gate got a spent token without an id, or does not know the session;
//! - a first event that was there before: the server began anew;
//! - a connection that breaks before an answer comes, although the same URL was open before;
//! - any other answer.
//!
//! 401 has two causes that look the same from outside: the header was lost, or the server that answered does not know
//! the session. The second one comes of many servers, each with a store in its own memory: let them share one, such as
//! Redis. A restart of a server with a store in memory is the same. To tell them apart, run `doctor` against the server
//! itself: if it is good there, a proxy loses the header.
//!
//! A proxy that loses it does so by a rule that removes headers it does not know, or by a list of headers to pass on.
//! It is no loss for a client until a connection breaks, so that it shows weeks later, as streams that begin anew.
//!
//! Streams without ids can't be resumed, so there is nothing to see. On a strict route of sse-gate a token opens one
//! connection, whatever id comes with it. Its ids are the application's, and those of a resumable route begin with
//! `sser1.`. So 401 to a token and an id of another kind is what a strict route has to say.

use http::StatusCode;

use super::{absent, watched};
use crate::doctor::client::Recording;
use crate::doctor::evidence::{Absence, Evidence};
use crate::doctor::finding::{Advice, Finding};
use crate::doctor::transcript::Transcript;

/// How the ids of resumable routes begin.
const RESUME_ID: &str = "sser1.";

/// Sources for the CDNs:
///
/// - Cloudflare: "Request Header Transform Rules". Cloudflare passes the header by itself;
/// - CloudFront: Developer Guide, "Use managed origin request policies". Without a policy that has it, an
///   origin gets no header of the client but those of the cache key. `AllViewer` sends the `Host` of the client, too:
///   if the origin's own name is needed, take `AllViewerExceptHostHeader`;
/// - Fastly: VCL, `req.http`. Fastly passes the header by itself.
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
        "origin request policy AllViewer or AllViewerExceptHostHeader, or one that has Last-Event-ID",
    ),
    ("Fastly", "no `unset req.http.Last-Event-ID`"),
];

/// Judges the answer to the request with the id of the last event.
pub(super) fn check(evidence: &Evidence) -> Finding {
    if let Err(finding) = watched(evidence) {
        return finding;
    }
    let ids = evidence.transcript().ids;
    if ids.is_empty() {
        return Finding::unseen("no event with an id came, so there is nothing to go on from");
    }
    match &evidence.resumed {
        Ok(answer) if is_strict(answer, evidence, &ids) => Finding::unseen(
            "401: the route is strict, and clients come back with a new token and not with the id",
        ),
        Ok(answer) => judge(answer, &ids),
        Err(Absence::Broken) => Finding::wrong(
            "the stream does not go on: the connection broke before an answer came",
            &[],
        ),
        Err(absence) => absent(*absence),
    }
}

/// Whether this is the answer of a strict route to a token that is spent.
fn is_strict(answer: &Recording, evidence: &Evidence, ids: &[String]) -> bool {
    let is_resumable = ids.iter().any(|id| id.starts_with(RESUME_ID));
    answer.status == StatusCode::UNAUTHORIZED && evidence.token().is_some() && !is_resumable
}

/// Judges an answer whose request had the id of the last one of these events.
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
                Verdict::Unseen,
                "401: the route is strict, and clients come back with a new token and not with the id",
            ),
            (
                answer(200),
                Verdict::Wrong,
                "the stream does not go on: 200 OK",
            ),
            (Err(Absence::Silent), Verdict::Unseen, "no answer came"),
            (
                Err(Absence::Broken),
                Verdict::Wrong,
                "the stream does not go on: the connection broke before an answer came",
            ),
        ] {
            let mut evidence = evidence(Ok(stream(&[], &[(0, "id: 1\ndata: x\n\n")])));
            evidence.resumed = resumed;
            let finding = check(&evidence);
            let expected = (verdict, seen.to_owned());
            assert_eq!((finding.verdict, finding.seen), expected, "{evidence:?}");
        }
    }

    /// Its ids say that it can be resumed, so it is no strict route.
    #[test]
    fn a_resumable_stream_that_is_refused_is_wrong() {
        let mut evidence = evidence(Ok(stream(&[], &[(0, "id: sser1.a\ndata: x\n\n")])));
        evidence.resumed = Ok(sample::answer(401, &[]));
        let finding = check(&evidence);
        let seen = "401: Last-Event-ID did not arrive, or the server has forgotten the stream";
        assert_eq!((finding.verdict, &*finding.seen), (Verdict::Wrong, seen));
    }

    #[test]
    fn a_stream_without_ids_has_nothing_to_go_on_from() {
        let finding = check(&evidence(Ok(stream(&[], &[(0, "data: x\n\n")]))));
        let expected = "no event with an id came, so there is nothing to go on from";
        assert_eq!(finding.seen, expected);
    }
}
