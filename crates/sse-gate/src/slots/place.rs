//! A slot among the open streams: first a [`Reservation`], and then a [`Slot`].

use std::sync::{Arc, OnceLock};

use sse_gate_core::Subject;
use sse_gate_resume::backend::SessionId;

use super::open::Listing;
use super::{HeldPlace, Inner, Pulse, StreamSlots};

/// A slot before its subject is known. When it is dropped, the slot is free again.
#[derive(Debug)]
pub(crate) struct Reservation(Option<Arc<Inner>>);

/// A stream that is counted for its subject, but has no slot yet. When it is dropped, it is no longer
/// counted.
#[derive(Debug)]
pub(crate) struct Claim {
    stream: Listing,
    inner: Option<Arc<Inner>>,
}

/// A stream that is counted. It counts until the last [`Slot`] or [`Presence`] of it is dropped.
#[derive(Debug)]
struct CountedStream {
    stream: Listing,
    inner: Arc<Inner>,
    /// Its place among the streams of all nodes.
    place: OnceLock<HeldPlace>,
}

/// The slot of a subject's stream. When it is dropped, the connection is cut. The connection still counts
/// while it is [there](Presence).
#[derive(Debug)]
pub(crate) struct Slot(Arc<CountedStream>);

/// Shows that a connection is still there. The body that the server holds keeps it. Until it is dropped,
/// the slot is not free, even if the connection was cut.
#[derive(Debug)]
#[expect(dead_code, reason = "it is kept, and not read")]
pub(crate) struct Presence(Arc<CountedStream>);

impl StreamSlots {
    /// Counts a connection that continues a session of the subject. It may replace a connection that is
    /// still there.
    pub(crate) fn claim_again(&self, subject: &Subject, session: SessionId) -> Option<Claim> {
        let stream = self.0.lock().add_again(subject, session, &self.0)?;
        Some(Claim {
            stream,
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
        let stream = inner.lock().add(subject, None, inner)?;
        Some(Slot::new(stream, self.0.take()?))
    }

    /// Makes it the slot of a connection that is counted for its subject already.
    pub(crate) fn give_to(mut self, mut claim: Claim) -> Option<Slot> {
        claim.inner = None;
        Some(Slot::new(claim.stream.clone(), self.0.take()?))
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
            inner.lock().retract(&self.stream);
        }
    }
}

impl Slot {
    fn new(stream: Listing, inner: Arc<Inner>) -> Self {
        Self(Arc::new(CountedStream {
            stream,
            inner,
            place: OnceLock::new(),
        }))
    }

    /// Keeps the connection counted, for the code that holds its body.
    pub(crate) fn presence(&self) -> Presence {
        Presence(Arc::clone(&self.0))
    }

    /// Notes that the connection belongs to this session.
    pub(crate) fn belongs_to(&self, session: SessionId) {
        let CountedStream { stream, inner, .. } = &*self.0;
        inner.lock().name(stream, session);
    }

    /// Keeps a place in the limiter of all nodes for as long as the connection counts. It is for a
    /// stream that has none.
    pub(crate) fn hold(&self, place: HeldPlace) {
        let _ = self.0.place.set(place);
    }

    pub(crate) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.0.stream.pulse)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let CountedStream { stream, inner, .. } = &*self.0;
        inner.lock().cut(stream);
    }
}

impl Drop for CountedStream {
    fn drop(&mut self) {
        self.inner.lock().remove(&self.stream);
    }
}
