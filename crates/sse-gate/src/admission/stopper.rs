//! Ends the streams of a layer when the service stops: [`Stopper`].

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

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
        let is_known = state.watched.iter().any(|known| known.is(slots));
        if !is_known {
            state.watched.retain(|known| !known.are_gone());
            state.watched.push(slots.downgrade());
        }
        let (is_given, signal) = (state.is_given, state.signal.take());
        // Tasks are woken without the lock.
        drop(state);
        if is_given && !is_known {
            slots.stop();
        }
        if let Some(signal) = signal {
            tokio::spawn(Waiting {
                signal: Some(signal),
                state: Arc::clone(&self.0),
            });
        }
    }
}

/// Waits for the signal. If its runtime ends before, the next request has another task wait.
struct Waiting {
    /// `None` when it was given.
    signal: Option<Signal>,
    state: Arc<Mutex<State>>,
}

impl Future for Waiting {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // A signal that panics is not asked again.
        if let Some(mut signal) = self.signal.take()
            && signal.as_mut().poll(cx).is_pending()
        {
            self.signal = Some(signal);
            return Poll::Pending;
        }
        let mut state = lock(&self.state);
        state.is_given = true;
        let watched: Vec<_> = state
            .watched
            .iter()
            .filter_map(WeakSlots::upgrade)
            .collect();
        drop(state);
        watched.iter().for_each(StreamSlots::stop);
        Poll::Ready(())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(signal) = self.signal.take() {
            lock(&self.state).signal = Some(signal);
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

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn slots_that_are_gone_are_forgotten() {
        let stopper = Stopper::new(pending());
        let lives = StreamSlots::default();
        stopper.watch(&lives);
        for _ in 0..10 {
            stopper.watch(&StreamSlots::default());
        }
        let watched = &lock(&stopper.0).watched;
        assert_eq!(watched.len(), 2, "the last one, and the one that lives");
    }
}
