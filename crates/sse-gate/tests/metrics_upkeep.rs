//! What an exporter keeps of values that nobody scrapes. Alone in its program, as it looks at the
//! memory of all of it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(all(feature = "metrics", target_os = "linux"))]

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use sse_gate::MetricsObserver;

/// G21: with upkeep, values that nobody scrapes take no memory. Without it these take 30 MB.
#[test]
fn metrics_that_nobody_scrapes_stay_small() {
    let resident = || {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
        pages * 4096
    };
    let name = Matcher::Full(MetricsObserver::DURATION.to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(name, &MetricsObserver::DURATION_BUCKETS)
        .unwrap()
        .build_recorder();
    let before = resident();
    metrics::with_local_recorder(&recorder, || {
        let durations = metrics::histogram!(MetricsObserver::DURATION);
        for _ in 0..2_000 {
            for _ in 0..1_000 {
                durations.record(1.0);
            }
            recorder.handle().run_upkeep();
        }
    });
    let grown = resident().saturating_sub(before);
    assert!(grown < 8_000_000, "{grown} bytes");
}
