//! Remembers what the observer of sessions is told: [`Told`].

use std::sync::{Arc, Mutex};

use sse_gate::sessions::{SessionInfo, SessionObserver, SessionSignal};

/// Everything that was told since it was asked last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<SessionSignal>>>);

impl Told {
    pub(crate) fn take(&self) -> Vec<SessionSignal> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl SessionObserver for Told {
    fn observe(&self, signal: SessionSignal, _: Option<SessionInfo<'_>>) {
        self.0.lock().unwrap().push(signal);
    }
}
