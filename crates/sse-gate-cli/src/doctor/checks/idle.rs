//! Whether the stream stays open while it is silent.
//!
//! Good is a stream that is still open at the end of the time. Wrong is a connection that breaks, and a body that
//! ends in good order after a silence: that is how a proxy looks that gives up. A body that ends right behind its
//! last byte was ended by its server, and can't be judged, as well as one that said `sse.close` or `sse.error`.
//!
//! The heartbeat that is shown is the median of the times between two comments.

use std::time::Duration;

use super::{seconds, watched};
use crate::doctor::client::{End, Recording};
use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};

/// A body that ends in good order after less silence than this was ended by its server.
const SILENCE: Duration = Duration::from_millis(900);

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
        "Proxy Read Timeout is 120 s, and can be changed on Enterprise plans only: keep the heartbeat below it",
    ),
    (
        "CloudFront",
        "Response timeout of the origin (default 30 s) longer than the heartbeat; no Response completion timeout",
    ),
    (
        "Fastly",
        "Between bytes timeout of the backend longer than the heartbeat; at most 60 s between its own servers",
    ),
];

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
