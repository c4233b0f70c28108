//! What becomes of the calls of a store, as the test decides: [`Fates`].

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

/// What becomes of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is done, and answered.
    Done,
    /// It is not done, and fails.
    Lost,
    /// It is done, and fails.
    Unanswered,
    /// It is not done, and never answered.
    Hangs,
}

type Decided = Pin<Box<dyn Future<Output = Fate> + Send>>;
type Decide = Arc<dyn Fn(&'static str) -> Decided + Send + Sync>;

/// Decides what becomes of each call, by the operation's name, and how long that takes. It is asked once
/// more, as `"answer"`, before the answer. Clones decide the same.
#[derive(Clone, Default)]
pub(crate) struct Fates(Arc<Mutex<Option<Decide>>>);

impl Fates {
    /// From now on, this decides.
    pub(crate) fn set<F, D>(&self, decide: F)
    where
        F: Fn(&'static str) -> D + Send + Sync + 'static,
        D: Future<Output = Fate> + Send + 'static,
    {
        let decide: Decide = Arc::new(move |operation| Box::pin(decide(operation)));
        *self.0.lock().unwrap() = Some(decide);
    }

    /// From now on, all calls of this operation have this fate.
    pub(crate) fn doom(&self, operation: &'static str, fate: Fate) {
        self.set(move |called| {
            let is_it = called == operation;
            std::future::ready(if is_it { fate } else { Fate::Done })
        });
    }

    /// From now on, all is done.
    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap() = None;
    }

    pub(crate) async fn run<T, E>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, E>> + Send,
        error: impl Fn(&'static str) -> E + Send,
    ) -> Result<T, E> {
        let decide = self.0.lock().unwrap().clone();
        let Some(decide) = decide else {
            return work.await;
        };
        match decide(operation).await {
            Fate::Done => {
                let done = work.await;
                decide("answer").await;
                done
            }
            Fate::Lost => Err(error("the call is lost")),
            Fate::Unanswered => {
                drop(work.await);
                decide("answer").await;
                Err(error("the answer is lost"))
            }
            Fate::Hangs => std::future::pending().await,
        }
    }
}

impl fmt::Debug for Fates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fates").finish_non_exhaustive()
    }
}
