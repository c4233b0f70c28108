//! Whether the stream stays open while it is silent.
//!
//! | what is seen | verdict | what it means |
//! |---|---|---|
//! | open at the end of the time | good | it shows the heartbeat: the median of the times between two comments |
//! | no byte at all | unseen | see `buffering` |
//! | the connection breaks | wrong | a proxy gave up, or the server crashed |
//! | a body ends in good order after a silence | wrong | that is how most proxies look that give up |
//! | a body ends right behind its last byte | unseen | its server ended it, and a longer stream would show more |
//! | `sse.close` or `sse.error`, and then the end | unseen | its server ended it, and said so |
//!
//! A proxy counts the time in which it reads nothing from the server behind it, and not the time of the whole answer. So
//! what mends it is a heartbeat, a comment that is sent after each silence, that is shorter than the shortest limit on
//! the way. sse-gate sends one after 15 s. `--idle` has to be longer than the limit that is looked for: 20 s don't show
//! a proxy that cuts after 60 s.
//!
//! How long products wait:
//!
//! | product | setting | default | at the limit |
//! |---|---|---|---|
//! | nginx | `proxy_read_timeout` | 60 s | the connection is closed |
//! | HAProxy | `timeout server` | none, but most files set one | the connection is closed |
//! | Caddy | `read_timeout` of `transport http` | none | the connection is closed |
//! | Cloudflare | Proxy Read Timeout | 120 s | 524, or the stream is cut |
//! | CloudFront | Response timeout of the origin | 30 s, up to 120 s | the connection is closed |
//! | Fastly | `between_bytes_timeout` of the backend | that of its settings | the body counts as complete |
//! | Akamai | Read Timeout | that of the property | 504, or the stream is cut |

use std::time::Duration;

use super::{seconds, watched};
use crate::doctor::client::{End, Recording};
use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};

/// A body that ends in good order after less silence than this was ended by its server.
const SILENCE: Duration = Duration::from_millis(900);

/// Sources for the CDNs:
///
/// - Cloudflare: "Connection limits", "Error 524";
/// - CloudFront: API, `OriginReadTimeout` and `ResponseCompletionTimeout`, which is not enforced unless it is set;
/// - Fastly: API, "Backend"; VCL, `bereq.between_bytes_timeout` and `bereq.first_byte_timeout`. Between two of its
///   servers the limit is always 60 s, and a request that is passed does not go over two for clustering;
/// - Akamai: Property Manager, "Read Timeout", which counts for each read.
const ADVICE: Advice = &[
    (
        "server",
        "a heartbeat that is shorter than the shortest of these times: `SseBody::with_heartbeat`, `ResumableBody::with_heartbeat`",
    ),
    (
        "nginx",
        "`proxy_read_timeout 60s;`, longer than the heartbeat",
    ),
    (
        "Caddy",
        "no `read_timeout` in `transport http`, and no `timeouts { write … }` in the global `servers`",
    ),
    ("HAProxy", "`timeout server 60s`, longer than the heartbeat"),
    (
        "Cloudflare",
        "Proxy Read Timeout is 120 s, and can be changed on Enterprise plans only (a Cache Rule, or `proxy_read_timeout` of the zone): keep the heartbeat below it",
    ),
    (
        "CloudFront",
        "Response timeout of the origin (30 s by default, at most 120 s) longer than the heartbeat; no Response completion timeout",
    ),
    (
        "Fastly",
        "Between bytes timeout of the backend longer than the heartbeat, which has to be below 60 s: that is the limit between Fastly's own servers",
    ),
    (
        "Akamai",
        "Read Timeout of the property longer than the heartbeat",
    ),
];

/// Judges how the stream ended that was watched for the whole time.
pub(super) fn check(evidence: &Evidence) -> Finding {
    let recording = match watched(evidence) {
        Ok(recording) => recording,
        Err(finding) => return finding,
    };
    let transcript = evidence.transcript();
    let heartbeat = transcript.heartbeat().map_or_else(String::new, |it| {
        format!(", a heartbeat every {}", seconds(it))
    });
    let at = match recording.end {
        End::Open(at) => return still_open(recording, at, &heartbeat),
        End::Complete(at) | End::Cut(at) => at,
    };
    if transcript.is_closed {
        return Finding::unseen(format!("the server ended the stream after {}", seconds(at)));
    }
    let last = recording
        .arrivals
        .last()
        .map_or(recording.head_at, |it| it.at);
    let silence = at.saturating_sub(last);
    let seen = format!(
        "after {}, {} after the last byte{heartbeat}",
        seconds(at),
        seconds(silence)
    );
    match recording.end {
        End::Complete(_) if silence < SILENCE => {
            Finding::unseen(format!("the body ended {seen}: give a stream that lasts"))
        }
        End::Complete(_) => Finding::wrong(format!("ended {seen}"), ADVICE),
        End::Cut(_) | End::Open(_) => Finding::wrong(format!("cut {seen}"), ADVICE),
    }
}

/// A stream that had not ended: good, if anything came at all.
fn still_open(recording: &Recording, at: Duration, heartbeat: &str) -> Finding {
    if recording.arrivals.is_empty() {
        return Finding::unseen("no byte came: see `buffering`");
    }
    let open = format!("open for {}", seconds(at));
    if heartbeat.is_empty() {
        return Finding::good(format!(
            "{open}, no heartbeat in this time: a longer --idle shows more"
        ));
    }
    Finding::good(format!("{open}{heartbeat}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;
    use crate::doctor::sample::{evidence, stream};

    #[test]
    fn a_silence_before_the_end_is_wrong() {
        let at = Duration::from_millis;
        for (end, verdict, seen) in [
            (
                End::Complete(at(1899)),
                Verdict::Unseen,
                "the body ended after 1.9 s, 0.9 s after the last byte: give a stream that lasts",
            ),
            (
                End::Complete(at(1900)),
                Verdict::Wrong,
                "ended after 1.9 s, 0.9 s after the last byte",
            ),
            (
                End::Cut(at(1000)),
                Verdict::Wrong,
                "cut after 1.0 s, 0.0 s after the last byte",
            ),
            (
                End::Open(at(3000)),
                Verdict::Good,
                "open for 3.0 s, no heartbeat in this time: a longer --idle shows more",
            ),
        ] {
            let mut recording = stream(&[], &[(1000, "data: x\n\n")]);
            recording.end = end;
            let finding = check(&evidence(Ok(recording)));
            let expected = (verdict, seen.to_owned());
            assert_eq!((finding.verdict, finding.seen), expected, "{end:?}");
        }
    }

    #[test]
    fn a_server_that_ends_its_stream_is_not_judged() {
        let close = "event: sse.close\ndata: {}\n\n";
        let end = Duration::from_secs(3);
        for end in [End::Complete(end), End::Cut(end)] {
            let mut recording = stream(&[], &[(1000, close)]);
            recording.end = end;
            let finding = check(&evidence(Ok(recording)));
            assert_eq!(finding.seen, "the server ended the stream after 3.0 s");
            assert_eq!(finding.verdict, Verdict::Unseen);
        }
    }

    #[test]
    fn the_heartbeat_is_shown() {
        let comments = [(0, ":\n\n"), (1000, ":\n\n"), (2500, ":\n\n")];
        let finding = check(&evidence(Ok(stream(&[], &comments))));
        assert_eq!(finding.seen, "open for 3.0 s, a heartbeat every 1.5 s");
        let finding = check(&evidence(Ok(stream(&[], &[]))));
        assert_eq!(finding.verdict, Verdict::Unseen);
    }
}
