//! A slot among the open streams: first a [`Reservation`], and then a [`Slot`].

use std::sync::Arc;

use sse_gate_core::Subject;
use sse_gate_resume::backend::SessionId;

use super::{Inner, Pulse, StreamSlots};

/// A slot before its subject is known. When it is dropped, the slot is free again.
#[derive(Debug)]
pub(crate) struct Reservation(Option<Arc<Inner>>);

/// A stream that is counted for its subject, but has no slot yet. When it is dropped, it is no longer
/// counted.
#[derive(Debug)]
pub(crate) struct Claim {
    subject: Subject,
    pulse: Arc<Pulse>,
    inner: Option<Arc<Inner>>,
}

/// A stream that is counted. It counts until the last [`Slot`] or [`Presence`] of it is dropped.
#[derive(Debug)]
struct Seat {
    subject: Subject,
    pulse: Arc<Pulse>,
    inner: Arc<Inner>,
}

/// The slot of a subject's stream. When it is dropped, the connection is cut. The connection still counts
/// while it is [there](Presence).
#[derive(Debug)]
pub(crate) struct Slot(Arc<Seat>);

/// Shows that a connection is still there. The body that the server holds keeps it. Until it is dropped,
/// the slot is not free, even if the connection was cut.
#[derive(Debug)]
#[expect(dead_code, reason = "it is kept, and not read")]
pub(crate) struct Presence(Arc<Seat>);

impl StreamSlots {
    /// Counts a connection that continues a session of the subject. It may replace a connection that is
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

    /// Makes it a slot of the subject. `None` if the subject is at its cap.
    pub(crate) fn claim(mut self, subject: &Subject) -> Option<Slot> {
        let inner = self.0.as_ref()?;
        let pulse = inner.lock().add(subject, None, inner)?;
        Some(Slot::new(subject.clone(), pulse, self.0.take()?))
    }

    /// Makes it the slot of a connection that is counted for its subject already.
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

    /// Keeps the connection counted, for the code that holds its body.
    pub(crate) fn presence(&self) -> Presence {
        Presence(Arc::clone(&self.0))
    }

    /// Notes that the connection belongs to this session.
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
