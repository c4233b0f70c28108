//! Ends the streams of a layer when the service stops: [`Stopper`].

use std::fmt;
use std::sync::{Mutex, PoisonError};

use futures_core::future::BoxFuture;

use crate::StreamSlots;

/// The signal of [`GateLayer::until`](super::GateLayer::until), until a task waits for it.
pub(super) struct Stopper(Mutex<Option<Signal>>);

type Signal = BoxFuture<'static, ()>;

impl Stopper {
    pub(super) fn new(signal: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(Mutex::new(Some(Box::pin(signal))))
    }

    /// Starts a task that waits for the signal, at the first call. This needs a Tokio runtime, so it
    /// does not happen when the layer is made.
    pub(super) fn watch(&self, slots: &StreamSlots) {
        let mut signal = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(signal) = signal.take() {
            let slots = slots.clone();
            tokio::spawn(async move {
                signal.await;
                slots.stop();
            });
        }
    }
}

impl fmt::Debug for Stopper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stopper")
    }
}
