//! Whether something compresses the stream.
//!
//! Compressors collect bytes until a block is worth it, so events come late. The request offers `gzip`, `br` and
//! `zstd` as browsers do, and any `Content-Encoding` in the answer is wrong.
//!
//! `Cache-Control: no-transform`, which sse-gate sends, forbids it (RFC 9111 §5.2.2.6). `HAProxy` obeys. nginx,
//! and Caddy 2.6, don't look at it.

use super::stream;
use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};

const ADVICE: Advice = &[
    (
        "server",
        "no compression layer around streams; `Cache-Control: no-transform`, which sse-gate sends",
    ),
    (
        "nginx",
        "no `text/event-stream` in `gzip_types` (or `brotli_types`), or `gzip off;` in the location",
    ),
    (
        "Caddy",
        "`encode` with a matcher that leaves the stream out",
    ),
    (
        "HAProxy",
        "no `text/event-stream` in `compression type`; it compresses nothing that comes with `no-transform`",
    ),
    (
        "Cloudflare",
        "a Compression Rule for the stream: Disable compression",
    ),
    (
        "CloudFront",
        "Compress objects automatically: No, in the behavior of the stream",
    ),
    (
        "Fastly",
        "`set beresp.gzip = false;`, `set beresp.brotli = false;`, no X-Compress-Hint",
    ),
];

pub(super) fn check(evidence: &Evidence) -> Finding {
    let stream = match stream(evidence) {
        Ok(stream) => stream,
        Err(finding) => return finding,
    };
    match stream.encoding() {
        Some(encoding) => Finding::wrong(
            format!("Content-Encoding: {encoding}: events wait in the compressor"),
            ADVICE,
        ),
        None => Finding::good("none, though gzip, br and zstd were offered"),
    }
}
