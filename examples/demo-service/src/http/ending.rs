//! The end of generations, which comes with the end of the server: [`end_with`].

use std::future::pending;

use tokio_util::sync::CancellationToken;

use crate::generation::Generations;

/// Cancels all generations at `shutdown`, and once more when the runtime ends, which waits for the
/// threads they compute on.
///
/// To be called within a Tokio runtime.
pub(super) fn end_with(shutdown: CancellationToken, generations: Generations) {
    let last = CancelOnDrop(generations);
    tokio::spawn(async move {
        shutdown.cancelled().await;
        last.0.cancel_all();
        // A request that was under way may start another until the runtime drops this.
        pending::<()>().await;
    });
}

struct CancelOnDrop(Generations);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel_all();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::generation::{Limits, Pace};
    use crate::users::UserId;

    const SLOW: Pace = Pace::at_least(Duration::from_secs(3600));

    fn start(generations: &Generations) {
        let sample = format!("[{}1]", "{\"a\":1},".repeat(2_000));
        let started = generations.start(&UserId::new("alice"), sample, None);
        started.unwrap();
    }

    /// A runtime that waits for a thread at work waits here for ever.
    #[test]
    fn a_runtime_ends_although_generations_are_under_way() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let generations = Generations::new(Limits::default(), SLOW);
        let shutdown = CancellationToken::new();
        runtime.block_on(async {
            end_with(shutdown.clone(), generations.clone());
            start(&generations);
            shutdown.cancel();
            start(&generations);
        });
        drop(runtime);
    }
}
