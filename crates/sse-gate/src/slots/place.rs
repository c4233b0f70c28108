//! A place among the open streams: [`Reservation`], and then [`Slot`].

use std::sync::Arc;

use sse_gate_core::Subject;

use super::{Inner, Pulse};

/// A place that is nobody's yet. Dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Reservation(Option<Arc<Inner>>);

impl Reservation {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Self(Some(inner))
    }

    /// Makes it the subject's, unless that has as many as it may have.
    pub(crate) fn claim(mut self, subject: &Subject) -> Option<Slot> {
        let inner = self.0.as_ref()?;
        let pulse = inner.lock().add(subject, inner)?;
        Some(Slot {
            subject: subject.clone(),
            pulse,
            inner: self.0.take()?,
        })
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(inner) = &self.0 {
            inner.lock().count.reserved -= 1;
        }
    }
}

/// A subject's place. Dropped, it is free again, unless it was taken before.
#[derive(Debug)]
pub(crate) struct Slot {
    subject: Subject,
    pulse: Arc<Pulse>,
    inner: Arc<Inner>,
}

impl Slot {
    pub(crate) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.pulse)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.inner.lock().remove(&self.subject, &self.pulse);
    }
}
