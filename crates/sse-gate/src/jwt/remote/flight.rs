//! A fetch under way: [`Flight`].

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::state::State;
use super::{FetchError, RemoteJwkSet, Shared};
use crate::jwt::JwkSet;

/// A fetch that runs as a task, so that requests that are dropped don't stop it.
///
/// However the task ends, even by a panic of the client's or with its runtime, the state learns of it,
/// and after that those who wait.
pub(super) struct Flight {
    shared: Arc<Shared>,
    outcome: Option<Result<JwkSet, Arc<FetchError>>>,
    _landing: watch::Sender<()>,
}

impl Flight {
    /// Joins the fetch that is under way, or begins one. The receiver ends with it. `None` if there is
    /// no runtime to run it in.
    pub(super) fn board(shared: &Arc<Shared>, state: &mut State) -> Option<watch::Receiver<()>> {
        if state.flight.is_none() {
            let runtime = Handle::try_current().ok()?;
            let (landing, receiver) = watch::channel(());
            state.flight = Some(receiver);
            let flight = Self {
                shared: Arc::clone(shared),
                outcome: None,
                _landing: landing,
            };
            runtime.spawn(flight.run());
        }
        state.flight.clone()
    }

    async fn run(mut self) {
        let fetch = timeout(RemoteJwkSet::FETCH_TIME_LIMIT, self.shared.fetch.fetch());
        let outcome = fetch.await.unwrap_or_else(|_| Err(FetchError::timed_out()));
        let outcome = outcome.map_err(Arc::new);
        let shared = Arc::clone(&self.shared);
        self.outcome = Some(outcome.clone());
        drop(self);
        (shared.on_fetch)(outcome.as_ref().map_err(|error| &**error));
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let outcome = self.outcome.take();
        let outcome = outcome.unwrap_or_else(|| Err(Arc::new(FetchError::interrupted())));
        self.shared.state().land(outcome, Instant::now());
    }
}
