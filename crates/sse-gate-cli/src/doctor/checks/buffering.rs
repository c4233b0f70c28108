//! Whether events come when they are sent.
//!
//! Wrong is, in this order:
//!
//! 1. no head in the whole time: a proxy that waits for more of the body holds the head back, too;
//! 2. a head, and no byte of the body;
//! 3. three comments or more at the same moment, as servers send one after each silence;
//! 4. all bytes at the moment at which the stream ends.
//!
//! First bytes that come later than 2 s are a note: the server may have had nothing to say.

use std::time::Duration;

use super::{absent, seconds, watched};
use crate::doctor::client::{End, Recording};
use crate::doctor::evidence::{Absence, Evidence};
use crate::doctor::finding::{Advice, Finding};

/// Later than this, first bytes are worth a note.
const LATE: Duration = Duration::from_secs(2);

/// As many comments at once are no accident: servers send one after each silence.
const BURST: usize = 3;

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
        "Configuration Rules: Response body buffering None",
    ),
    (
        "CloudFront",
        "it passes bytes on as they come: look at the origin, and at functions that make the body",
    ),
    (
        "Fastly",
        "`set beresp.do_stream = true;` in `vcl_fetch`, or `return(pass)` in `vcl_recv`",
    ),
];

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
