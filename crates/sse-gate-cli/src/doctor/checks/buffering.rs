//! Whether events come when they are sent.
//!
//! A proxy that buffers collects bytes until its buffer is full, or until the answer is complete. A stream is never
//! complete, so that its events come late, in heaps, or not at all. Wrong is, in this order:
//!
//! | what is seen | what it means |
//! |---|---|
//! | no head in the whole time | a proxy waits for more of the body before it sends the head |
//! | a head, and no byte of the body | a proxy holds the body, or the server says nothing |
//! | three comments or more at the same moment, later than 2 s | a server sends one after each silence, so something collected them |
//! | all bytes at the moment at which the stream ends | a proxy waited for the whole body |
//!
//! First bytes that come later than 2 s are a note: the server may have had nothing to say. A server that sends an event
//! or a comment at once, as sse-gate does, lets the check tell both apart.
//!
//! `X-Accel-Buffering: no`, which sse-gate sends, turns the buffers of nginx off for one answer, unless
//! `proxy_ignore_headers` names it. HAProxy has no buffers for answers but the one of a connection, unless a rule waits for
//! the body. Caddy flushes event streams at once, unless it has `response_buffers`.

use std::time::Duration;

use super::{absent, seconds, watched};
use crate::doctor::client::{End, Recording};
use crate::doctor::evidence::{Absence, Evidence};
use crate::doctor::finding::{Advice, Finding};

/// Later than this, first bytes are worth a note.
const LATE: Duration = Duration::from_secs(2);

/// As many comments at once are no accident: servers send one after each silence.
const BURST: usize = 3;

/// Sources for the CDNs:
///
/// - Cloudflare: Rules, "Response body inspection"; changelog of 27 January 2026, "Control request and response body
///   buffering in Configuration Rules";
/// - CloudFront: Developer Guide, "How CloudFront delivers content", step 3.3;
/// - Fastly: VCL, `beresp.do_stream`; "Using Streaming miss for push messaging". Compute streams by itself.
///
/// Akamai has no public page about it: a property may need advanced metadata, for which its support has to be asked.
const ADVICE: Advice = &[
    (
        "server",
        "send something at once, and a heartbeat: `SseBody::with_heartbeat`",
    ),
    (
        "nginx",
        "`proxy_buffering off;`, `proxy_http_version 1.1;`, and no `proxy_ignore_headers X-Accel-Buffering;`",
    ),
    (
        "Caddy",
        "no `response_buffers` (`buffer_responses` before 2.7) in `reverse_proxy`; `flush_interval -1`",
    ),
    ("HAProxy", "no `http-response wait-for-body` on the stream"),
    (
        "Cloudflare",
        "a Configuration Rule for the stream: Response body buffering None",
    ),
    (
        "CloudFront",
        "it passes bytes on as they come: look at the origin, and at functions that make the body",
    ),
    ("Fastly", "`set beresp.do_stream = true;` in `vcl_fetch`"),
];

/// Judges when the head and the bytes of the watched stream came.
pub(super) fn check(evidence: &Evidence) -> Finding {
    if evidence.watched().is_err_and(|it| it == Absence::Silent) {
        let idle = seconds(evidence.idle);
        return Finding::wrong(
            format!("no head within {idle}: something holds the answer back"),
            ADVICE,
        );
    }
    match watched(evidence) {
        Ok(recording) => judge(recording, evidence),
        Err(finding) => match evidence.watched() {
            Err(absence) => absent(absence),
            Ok(_) => finding,
        },
    }
}

/// Judges the stream that came, in the order of the table.
fn judge(recording: &Recording, evidence: &Evidence) -> Finding {
    let Some(first) = recording.arrivals.first() else {
        return match recording.end {
            End::Open(at) => Finding::wrong(
                format!(
                    "no byte within {}: something holds the stream back, or it says nothing",
                    seconds(at)
                ),
                ADVICE,
            ),
            End::Complete(_) | End::Cut(_) => Finding::unseen("the stream ended without a byte"),
        };
    };
    let burst = evidence.transcript().largest_burst();
    if burst >= BURST && first.at > LATE {
        return Finding::wrong(
            format!("{burst} comments came at once: something collects what the server sends"),
            ADVICE,
        );
    }
    if let End::Complete(end) | End::Cut(end) = recording.end
        && first.at > LATE
        && end.saturating_sub(first.at) < Duration::from_millis(100)
    {
        return Finding::wrong(
            format!("everything came at the end, after {}", seconds(end)),
            ADVICE,
        );
    }
    let seen = format!(
        "head after {} ms, first bytes after {} ms",
        recording.head_at.as_millis(),
        first.at.as_millis()
    );
    if first.at > LATE {
        return Finding::note(
            format!("{seen}: the server is slow, or something collects"),
            ADVICE,
        );
    }
    Finding::good(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;
    use crate::doctor::sample::{evidence, stream};

    /// What the check says of a stream with these parts and this end.
    fn seen(parts: &[(u64, &'static str)], end: End) -> (Verdict, String) {
        let mut recording = stream(&[], parts);
        recording.end = end;
        let finding = check(&evidence(Ok(recording)));
        (finding.verdict, finding.seen)
    }

    #[test]
    fn what_comes_late_and_in_a_heap_is_wrong() {
        const OPEN: End = End::Open(Duration::from_secs(3));
        for (parts, end, verdict, text) in [
            (
                &[(7, ":\n\n:\n\n:\n\n")][..],
                OPEN,
                Verdict::Good,
                "head after 0 ms, first bytes after 7 ms",
            ),
            (
                &[(2000, ":\n\n:\n\n:\n\n")],
                OPEN,
                Verdict::Good,
                "head after 0 ms, first bytes after 2000 ms",
            ),
            (
                &[(2001, ":\n\n:\n\n:\n\n")],
                OPEN,
                Verdict::Wrong,
                "3 comments came at once: something collects what the server sends",
            ),
            (
                &[(2001, ":\n\n:\n\n")],
                OPEN,
                Verdict::Note,
                "head after 0 ms, first bytes after 2001 ms: the server is slow, or something collects",
            ),
            (
                &[],
                OPEN,
                Verdict::Wrong,
                "no byte within 3.0 s: something holds the stream back, or it says nothing",
            ),
            (
                &[],
                End::Complete(Duration::ZERO),
                Verdict::Unseen,
                "the stream ended without a byte",
            ),
        ] {
            assert_eq!(seen(parts, end), (verdict, text.to_owned()), "{parts:?}");
        }
    }

    #[test]
    fn what_comes_late_and_at_the_end_is_wrong() {
        for (first, end, verdict) in [
            (2001, 2100, Verdict::Wrong),
            (2001, 2101, Verdict::Note),
            (2000, 2010, Verdict::Good),
            (7, 8, Verdict::Good),
        ] {
            let at = Duration::from_millis(end);
            for end in [End::Complete(at), End::Cut(at)] {
                let (found, seen) = seen(&[(first, "data: x\n\n")], end);
                assert_eq!(found, verdict, "{first} {end:?} {seen}");
                let is_late = seen == "everything came at the end, after 2.1 s";
                assert_eq!(is_late, verdict == Verdict::Wrong, "{seen}");
            }
        }
    }

    #[test]
    fn an_answer_without_a_head_is_wrong_and_no_stream_is_not_judged() {
        let silent = check(&evidence(Err(Absence::Silent)));
        assert_eq!(
            silent.seen,
            "no head within 3.0 s: something holds the answer back"
        );
        assert_eq!(silent.verdict, Verdict::Wrong);
        let not_tried = check(&evidence(Err(Absence::NotTried)));
        assert_eq!(not_tried.verdict, Verdict::Unseen);
    }
}
