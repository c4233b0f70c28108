//! A fetch under way: [`Flight`], and who waits for it: [`Boarded`].

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
struct Flight {
    shared: Arc<Shared>,
    outcome: Option<Result<JwkSet, Arc<FetchError>>>,
    _landing: watch::Sender<()>,
}

/// A place on a flight.
pub(super) struct Boarded {
    landing: watch::Receiver<()>,
    /// The flight, if it has not begun.
    flight: Option<Flight>,
}

impl Boarded {
    /// Joins the fetch that is under way, or prepares one.
    pub(super) fn on(shared: &Arc<Shared>, state: &mut State) -> Self {
        if let Some(landing) = state.flight.clone() {
            return Self {
                landing,
                flight: None,
            };
        }
        let (sender, landing) = watch::channel(());
        state.flight = Some(landing.clone());
        let flight = Flight {
            shared: Arc::clone(shared),
            outcome: None,
            _landing: sender,
        };
        Self {
            landing,
            flight: Some(flight),
        }
    }

    /// Begins the fetch if it has not begun. The receiver ends with the fetch.
    ///
    /// The lock on the state must be free: without a runtime, or with one that shuts down, the flight ends
    /// at once and takes the lock.
    pub(super) fn depart(self) -> watch::Receiver<()> {
        if let (Some(flight), Ok(runtime)) = (self.flight, Handle::try_current()) {
            runtime.spawn(flight.run());
        }
        self.landing
    }
}

impl Flight {
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
