//! `sse-gate doctor` in front of real proxies, each misconfigured in each way that it can be.
//!
//! | file | what it has |
//! |---|---|
//! | `proxy` | starts a proxy with the guide's settings, changed |
//! | `nginx`, `haproxy`, `caddy` | one row for each misconfiguration |
//! | `tls` | HTTP/2, which needs TLS |
//! | `row` | runs `doctor` for a row, and compares what is wrong |

mod caddy;
mod haproxy;
mod nginx;
mod proxy;
mod row;
mod tls;

use sse_gate_tests::{Server, Setup};

/// The stream that is probed. It lasts, and can be resumed.
const STREAM: &str = "/topics/news/stream";

/// An origin whose pages may read it.
const ORIGIN: &str = "https://page.example";

/// A server with a heartbeat of 2 s.
fn server() -> Server {
    let setup = Setup::new(env!("CARGO_BIN_EXE_server-axum"), "memory");
    let setup = setup.arg("heartbeat", 2_000).arg("allow-origin", ORIGIN);
    setup.start()
}
