//! The demo's page in a real browser: Chromium, driven by `chromedriver`.
//!
//! | file | what is claimed |
//! |---|---|
//! | `session` | signing in and out |
//! | `generation` | a generation from its sample to its result, over streams that may break off |
//! | `chat` | a question and its answer, over a stream that the browser itself comes back to |
//! | `feed` | a topic, read and published to, likewise |
//! | `encoding` | events that are hard to encode, as a page gets them |
//! | `uses` | what a browser does with a stream's URL, and which of it spends the token |
//!
//! Every test has a server, a driver and a browser of its own. What the page looks like on the way
//! is kept in pictures, in `browser` in Cargo's folder for the files of tests (`target/tmp`).

mod browser;
mod chat;
mod driver;
mod encoding;
mod feed;
mod generation;
mod page;
mod session;
mod stream;
mod uses;

use sse_gate_tests::Setup;

/// The server whose page is looked at.
fn setup() -> Setup {
    Setup::new(env!("CARGO_BIN_EXE_server-axum"), "memory")
}
