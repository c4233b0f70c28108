//! Remembers what an observer is told: [`RecordingObserver`].

use std::sync::{Arc, Mutex};

use sse_gate_resume::{SessionInfo, SessionObserver, SessionSignal};

/// Everything that was told, and whose session it was about.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordingObserver(Arc<Mutex<Vec<Signal>>>);

type Signal = (SessionSignal, Option<String>);

impl RecordingObserver {
    /// What was told since this was asked last.
    pub(crate) fn take(&self) -> Vec<SessionSignal> {
        let told = self.take_with_subjects();
        told.into_iter().map(|(signal, _)| signal).collect()
    }

    /// The same, with the subject.
    pub(crate) fn take_with_subjects(&self) -> Vec<Signal> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl SessionObserver for RecordingObserver {
    fn observe(&self, signal: SessionSignal, session: Option<SessionInfo<'_>>) {
        let subject = session.map(|about| about.subject.as_str().to_owned());
        self.0.lock().unwrap().push((signal, subject));
    }
}
