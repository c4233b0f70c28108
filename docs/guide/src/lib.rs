//! The Rust snippets of the guide, as tests. The guide is a book: `mdbook build docs/guide`.
//!
//! | folder | what it has |
//! |---|---|
//! | `pages` | the text |
//! | `proxies` | the settings of proxies that the text shows |
//! | `src` | this, and the stores that the text shows |
//! | `tests` | the proxies and the stores at work, the JavaScript, links and tables |

/// The store of sessions of the page about stores.
pub mod contended;
/// The store of tokens of the page about stores.
pub mod one_lock;

/// Makes a type for each page, whose docs are the page.
macro_rules! pages {
    ($($name:ident: $file:literal,)*) => {$(
        #[doc = include_str!(concat!("../pages/", $file))]
        #[cfg(doctest)]
        pub struct $name;
    )*};
}

pages! {
    Index: "index.md",
    FirstStream: "first-stream.md",
    Answers: "answers.md",
    Feeds: "feeds.md",
    Cookies: "cookies.md",
    Oidc: "oidc.md",
    Next: "next.md",
    Proxies: "proxies.md",
    ManyStreams: "many-streams.md",
    Shutdown: "shutdown.md",
    Nodes: "nodes.md",
    Redis: "redis.md",
    Metrics: "metrics.md",
    Refusals: "refusals.md",
    Threats: "threats.md",
    Clients: "clients.md",
    Testing: "testing.md",
    Migration: "migration.md",
    Stores: "stores.md",
}
