//! Programs of others, between a client and an example server or in the client's place.
//!
//! | file | programs |
//! |---|---|
//! | `proxies` | nginx and HAProxy, which end what is silent for 3 s |
//! | `java` | the HTTP client of the JDK, which offers an upgrade to HTTP/2 |
//! | `node` | client libraries from npm, through cuts |

mod java;
mod node;
mod proxies;

use sse_gate_tests::Setup;

/// The programs of the servers.
const SERVERS: [&str; 3] = [
    env!("CARGO_BIN_EXE_server-axum"),
    env!("CARGO_BIN_EXE_server-hyper"),
    env!("CARGO_BIN_EXE_server-warp"),
];

/// A server whose clients come back soon.
fn setup(program: &'static str) -> Setup {
    Setup::new(program, "memory").arg("retry", 20)
}
