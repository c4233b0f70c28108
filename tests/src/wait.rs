//! Waiting for what must come, and not longer than it may take.

use std::time::Duration;

use tokio::time::{sleep, timeout};

/// The longest that anything may take that is not slow on purpose.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a future gives, unless it takes too long.
pub async fn in_time<F: Future>(what: &str, future: F) -> F::Output {
    in_time_of(PATIENCE, what, future).await
}

/// The same with another time, for what may be slower.
pub async fn in_time_of<F: Future>(patience: Duration, what: &str, future: F) -> F::Output {
    let output = timeout(patience, future).await;
    output.unwrap_or_else(|_| panic!("waited too long: {what}"))
}

/// Asks again and again until it is so.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let asking = async {
        while !is_so().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    in_time(what, asking).await;
}
