//! Logs.

use std::io::stderr;
use std::net::SocketAddr;

use tracing_subscriber::EnvFilter;

use super::LogFormat;

/// Writes log lines to standard error: what `RUST_LOG` asks for, else the requests.
pub fn log_to_stderr(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,tower_http=debug"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    match format {
        LogFormat::Text => lines.with_ansi(false).init(),
        LogFormat::Json => lines.json().init(),
    }
}

/// Says on standard output where the server listens: for people, and for programs that asked for a
/// free port.
#[expect(clippy::print_stdout, reason = "it is what the program has to say")]
pub fn announce(addr: SocketAddr) {
    println!("listening on http://{addr}");
}
