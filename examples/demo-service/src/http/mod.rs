//! The demo's HTTP endpoints: each takes parts of a request and gives a response, in `http`'s
//! types. Which request goes where is the frameworks' business.
//!
//! | request | answered by |
//! |---|---|
//! | `GET /`, `GET /assets/…` | [`Demo::page`] |
//! | `GET /healthz` | [`Demo::healthz`] |
//! | `GET /metrics` | [`Demo::metrics`] |
//! | `POST /demo/login` | [`Demo::login`] |
//! | `POST /generations` | [`Demo::start`] |
//! | `GET /generations/{id}` | [`Demo::generation`] |
//! | `DELETE /generations/{id}` | [`Demo::cancel`] |
//! | `POST /generations/generate/{id}/stream-token` | [`Demo::mint`] |
//! | `GET /generations/generate/{id}/stream` | [`Demo::stream`], behind [`Demo::gate_layer`] |

mod demo;
mod generations;
mod mint;
mod pages;
mod reply;
mod stream;

pub use self::demo::{Demo, SetupError};
pub use self::mint::{Mint, WhetherTheirs};
pub use self::stream::{Events, ProgressStream};

use bytes::Bytes;
use http_body_util::Full;

/// A response whose body is there from the start.
pub type Response = http::Response<Full<Bytes>>;

/// The largest body of a request that starts a generation: a sample of 1 MiB whose every
/// character is escaped once, and some room for the rest.
pub const MAX_BODY: usize = 2 * 1024 * 1024 + 4096;
