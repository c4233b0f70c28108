//! Ends the streams of a layer when the service stops: [`Stopper`].

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_core::future::BoxFuture;

use crate::StreamSlots;
use crate::slots::WeakSlots;

/// The signal of [`GateLayer::until`](super::GateLayer::until), and the slots of the streams that it ends.
/// Clones of a layer share it, also if they have slots of their own.
pub(super) struct Stopper(Arc<Mutex<State>>);

type Signal = BoxFuture<'static, ()>;

struct State {
    /// `None` if a task waits for it, or if it was given.
    signal: Option<Signal>,
    is_given: bool,
    watched: Vec<WeakSlots>,
}

impl Stopper {
    pub(super) fn new(signal: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(State {
            signal: Some(Box::pin(signal)),
            is_given: false,
            watched: Vec::new(),
        })))
    }

    /// Ends the streams of these slots at the signal. The first call starts the task that waits for it.
    /// This needs a Tokio runtime, so it does not happen when the layer is made.
    pub(super) fn watch(&self, slots: &StreamSlots) {
        let mut state = lock(&self.0);
        if state.watched.iter().any(|known| known.is(slots)) {
            return;
        }
        state.watched.retain(|known| known.upgrade().is_some());
        state.watched.push(slots.downgrade());
        if state.is_given {
            slots.stop();
        }
        if let Some(signal) = state.signal.take() {
            let state = Arc::clone(&self.0);
            tokio::spawn(async move {
                signal.await;
                let mut state = lock(&state);
                state.is_given = true;
                let watched = state.watched.iter().filter_map(WeakSlots::upgrade);
                watched.for_each(|slots| slots.stop());
            });
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Stopper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stopper")
    }
}
