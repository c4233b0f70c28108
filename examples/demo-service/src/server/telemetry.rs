//! Logs and metrics.

use std::io::stderr;
use std::net::SocketAddr;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use sse_gate::MetricsObserver;
use tokio::time::interval;
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

/// Installs the process's recorder of metrics. Durations are histograms, which can be added up over
/// servers.
///
/// To be called within a Tokio runtime: what nobody scrapes is condensed there, or it would pile up.
pub fn record_metrics() -> Result<PrometheusHandle, BuildError> {
    let durations = Matcher::Full(MetricsObserver::DURATION.to_owned());
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(durations, &MetricsObserver::DURATION_BUCKETS)?
        .install_recorder()?;
    let recorder = handle.clone();
    tokio::spawn(keep_up(move || recorder.run_upkeep()));
    Ok(handle)
}

async fn keep_up(upkeep: impl Fn()) {
    let mut ticks = interval(Duration::from_secs(5));
    loop {
        ticks.tick().await;
        upkeep();
    }
}

/// Says on standard output where the server listens: for people, and for programs that asked for a
/// free port.
#[expect(clippy::print_stdout, reason = "it is what the program has to say")]
pub fn announce(addr: SocketAddr) {
    println!("listening on http://{addr}");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// G21
    #[tokio::test(start_paused = true)]
    async fn metrics_are_kept_up_although_nobody_scrapes_them() {
        let upkeeps = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&upkeeps);
        let task = tokio::spawn(keep_up(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        }));
        tokio::time::sleep(Duration::from_secs(61)).await;
        assert!(upkeeps.load(Ordering::SeqCst) >= 12);
        task.abort();
    }
}
