//! Whether something compresses the stream.
//!
//! Compressors collect bytes until a block is worth it, so events come late, or in heaps. The request offers `gzip`, `br`
//! and `zstd` as browsers do, and any `Content-Encoding` in the answer is wrong, whether the server or a proxy made it.
//! Then `doctor` asks once more without an offer, so that the checks that read the stream can read it.
//!
//! What the products compress, and what keeps them from it:
//!
//! | product | compresses | does not, if |
//! |---|---|---|
//! | nginx | `text/html`, and what `gzip_types` adds | the type is not in `gzip_types`. It does not look at `no-transform` |
//! | Caddy | with `encode`: a list with `text/*` in it | a matcher leaves the stream out. 2.6 does not look at `no-transform` |
//! | HAProxy | what `compression type` names | the answer has `no-transform` |
//! | Cloudflare | a list of types, without `text/event-stream` | a Compression Rule says so |
//! | CloudFront | a list of types, if the behavior says so | Compress objects automatically is No |
//! | Fastly | what the service sets | VCL says so |
//! | Akamai | what Last Mile Acceleration says | it says Never |
//!
//! `Cache-Control: no-transform`, which sse-gate sends, forbids it to all of them (RFC 9111, section 5.2.2.6). The rows
//! of nginx, Caddy and HAProxy are tested with the programs.

use super::stream;
use crate::doctor::evidence::Evidence;
use crate::doctor::finding::{Advice, Finding};

/// Sources for the CDNs:
///
/// - Cloudflare: "Content compression" with the list of types; "Compression Rules", which all plans have;
/// - CloudFront: Developer Guide, "Serve compressed files";
/// - Fastly: VCL, `beresp.gzip` and `beresp.brotli`; HTTP headers, "X-Compress-Hint";
/// - Akamai: Property Manager, "Last Mile Acceleration".
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
    (
        "Akamai",
        "Last Mile Acceleration: Compress Response Never, in a rule for the stream",
    ),
];

/// Wrong if the stream has an encoding, as browsers get it.
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
