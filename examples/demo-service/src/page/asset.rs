//! The files of the page, embedded.

/// What the page may do: load from its own origin, and nothing else.
///
/// Scripts and styles come from files, forms are sent by scripts only, no page may frame this one,
/// and no script can make HTML out of text.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'";

/// One file of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Where it is served.
    pub path: &'static str,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its content.
    pub body: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The file that is served at `/assets/` and its name.
macro_rules! file {
    ($name:literal, $content_type:expr) => {
        Asset {
            path: concat!("/assets/", $name),
            content_type: $content_type,
            body: include_str!(concat!("assets/", $name)),
        }
    };
}

/// The page itself, at `/`.
pub const INDEX: Asset = Asset {
    path: "/",
    content_type: HTML,
    body: include_str!("assets/index.html"),
};

/// All other files.
pub const ASSETS: &[Asset] = &[
    file!("style.css", CSS),
    file!("streams.css", CSS),
    file!("favicon.svg", SVG),
    file!("app.js", SCRIPT),
    file!("activity.js", SCRIPT),
    file!("api.js", SCRIPT),
    file!("chat-panel.js", SCRIPT),
    file!("chat-view.js", SCRIPT),
    file!("feed-panel.js", SCRIPT),
    file!("generation-panel.js", SCRIPT),
    file!("generation-stream.js", SCRIPT),
    file!("progress-view.js", SCRIPT),
    file!("replay-panel.js", SCRIPT),
    file!("resume-id.js", SCRIPT),
    file!("resumed-stream.js", SCRIPT),
    file!("rust-code.js", SCRIPT),
    file!("sample.js", SCRIPT),
    file!("session-panel.js", SCRIPT),
    file!("sse-gate-client.js", SCRIPT),
    file!("stream-view.js", SCRIPT),
    file!("view.js", SCRIPT),
];

/// The file at this path, [`INDEX`] included.
pub fn asset(path: &str) -> Option<&'static Asset> {
    if path == INDEX.path {
        return Some(&INDEX);
    }
    ASSETS.iter().find(|asset| asset.path == path)
}
