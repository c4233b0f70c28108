//! A place among the open streams: [`Reservation`], and then [`Slot`].

use std::sync::Arc;

use sse_gate_core::Subject;
use sse_gate_resume::backend::SessionId;

use super::{Inner, Pulse, StreamSlots};

/// A place that is nobody's yet. Dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Reservation(Option<Arc<Inner>>);

/// A stream of a subject's that is counted for it, and has no place in all yet. Dropped, it is
/// counted no more.
#[derive(Debug)]
pub(crate) struct Claim {
    subject: Subject,
    pulse: Arc<Pulse>,
    inner: Option<Arc<Inner>>,
}

/// A stream that is counted, until the last hold on it is gone.
#[derive(Debug)]
struct Seat {
    subject: Subject,
    pulse: Arc<Pulse>,
    inner: Arc<Inner>,
}

/// A subject's place. Dropped, its connection is cut: it counts for as long as it is
/// [there](Presence).
#[derive(Debug)]
pub(crate) struct Slot(Arc<Seat>);

/// That a connection is there: kept by whatever its server holds of it. While it is, the place is
/// not free, whether it was cut or not.
#[derive(Debug)]
#[expect(dead_code, reason = "it is kept, and not looked at")]
pub(crate) struct Presence(Arc<Seat>);

impl StreamSlots {
    /// Counts a connection that goes on with a session of the subject's. It may replace one that is
    /// still there.
    pub(crate) fn claim_again(&self, subject: &Subject, session: SessionId) -> Option<Claim> {
        let pulse = self.0.lock().add_again(subject, session, &self.0)?;
        Some(Claim {
            subject: subject.clone(),
            pulse,
            inner: Some(Arc::clone(&self.0)),
        })
    }
}

impl Reservation {
    pub(super) fn new(inner: Arc<Inner>) -> Self {
        Self(Some(inner))
    }

    /// Makes it the subject's, unless that has as many as it may have.
    pub(crate) fn claim(mut self, subject: &Subject) -> Option<Slot> {
        let inner = self.0.as_ref()?;
        let pulse = inner.lock().add(subject, None, inner)?;
        Some(Slot::new(subject.clone(), pulse, self.0.take()?))
    }

    /// Makes it that of a connection that is counted already.
    pub(crate) fn give_to(mut self, mut claim: Claim) -> Option<Slot> {
        claim.inner = None;
        let (subject, pulse) = (claim.subject.clone(), Arc::clone(&claim.pulse));
        Some(Slot::new(subject, pulse, self.0.take()?))
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(inner) = &self.0 {
            inner.lock().count.reserved -= 1;
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(inner) = &self.inner {
            inner.lock().retract(&self.subject, &self.pulse);
        }
    }
}

impl Slot {
    fn new(subject: Subject, pulse: Arc<Pulse>, inner: Arc<Inner>) -> Self {
        Self(Arc::new(Seat {
            subject,
            pulse,
            inner,
        }))
    }

    /// Its connection, for the code that holds it.
    pub(crate) fn presence(&self) -> Presence {
        Presence(Arc::clone(&self.0))
    }

    /// Its connection is one of this session's.
    pub(crate) fn belongs_to(&self, session: SessionId) {
        let Seat {
            subject,
            pulse,
            inner,
        } = &*self.0;
        inner.lock().name(subject, pulse, session);
    }

    pub(crate) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.0.pulse)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let seat = &self.0;
        seat.inner.lock().cut(&seat.subject, &seat.pulse);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.inner.lock().remove(&self.subject, &self.pulse);
    }
}
