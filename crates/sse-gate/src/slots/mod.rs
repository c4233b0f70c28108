//! How many streams may be open: [`StreamSlots`], in all and for one subject, on this node and on all
//! together.
//!
//! A slot goes through three states. A [`Reservation`] counts in all, before the subject is known. A
//! [`Slot`] counts for the subject too, while the connection may continue. A [`Presence`] keeps the slot
//! counted after the connection was cut, until its body is gone.
//!
//! If there is a limiter of all nodes, a slot holds a place in it: [`HeldPlace`]. One task renews the places
//! of a node.

mod by_session;
#[cfg(test)]
mod cost;
mod limiter;
mod open;
mod place;
mod pulse;
mod room;
#[cfg(test)]
mod tests;
mod upkeep;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use open::OpenStreams;
use sse_gate_core::Subject;
use sse_gate_resume::backend::{SharedLimiter, StreamLimiter};

pub(crate) use limiter::{HeldPlace, NoPlace, NodePlaces};
pub(crate) use place::{Claim, Presence, Reservation, Slot};
pub(crate) use pulse::Pulse;

/// How long a server may let a stream wait before its slot can be taken away.
const PATIENCE: Duration = Duration::from_secs(30);

/// Caps on open streams, in all and for one subject. Clones share the count.
/// [`GateLayer::with_slots`](crate::GateLayer::with_slots) takes it.
///
/// | cap | default | a request above it |
/// |---|---|---|
/// | all streams | 10,000 | 503; its token is untouched |
/// | streams of one subject | 16 | 429; its token is spent |
///
/// A request with a resume id gets 200 and `sse.wait` instead, and comes back.
///
/// # Clients that don't read
///
/// A client that no longer reads would keep its slot for as long as its connection lasts. So at a cap, the
/// slot of a stream is taken away if its server has not asked for a frame for 30 s. Such a stream ends
/// when its server asks again. Until then it exists without a slot. There are never more streams without
/// a slot than there are slots, in all and for one subject. A subject may have three in any case.
///
/// A request at a cap looks at 16 streams at most, so that it costs the same among a million. The next
/// request goes on from there.
///
/// # Connections that were replaced
///
/// A resumable client that comes back replaces its own connection. The old connection keeps its slot until
/// its body has ended or is dropped, because its socket and its memory are still in use. The client
/// continues in spite of that, even at the cap of its subject. Only when too many replaced connections
/// are still there, it is told to come back later: as many as its subject may have streams, and at least
/// three.
///
/// # Several nodes
///
/// Each node counts its own streams. [`with_limiter`](Self::with_limiter) adds a count over all nodes.
///
/// ```
/// use std::time::Duration;
/// use sse_gate::{Gate, GateLayer, SseRoute, StreamSlots};
///
/// // For phones behind slow networks: let them read a frame for a minute.
/// let slots = StreamSlots::new(5_000, 4).with_patience(Duration::from_secs(60));
/// let layer = GateLayer::new(&Gate::in_memory(), &SseRoute::new("/feed")?).with_slots(slots.clone());
/// assert_eq!(slots.open(), 0);
/// # let _ = layer;
/// # Ok::<(), sse_gate::InvalidRoute>(())
/// ```
#[derive(Clone, Debug)]
pub struct StreamSlots(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    max: usize,
    max_per_subject: usize,
    patience: Duration,
    /// The places in the limiter of all nodes, if there is one.
    places: Option<NodePlaces>,
    open: Mutex<OpenStreams>,
}

impl StreamSlots {
    /// At most `max` open streams in all, and `max_per_subject` of one subject.
    pub fn new(max: usize, max_per_subject: usize) -> Self {
        Self::with(max, max_per_subject, PATIENCE, None)
    }

    /// The same settings with another time after which a stream can lose its slot, instead of 30 s. Choose it
    /// longer than the slowest client takes for the largest frame.
    ///
    /// This begins a new count. Call it before you give the slots to a layer.
    pub fn with_patience(self, patience: Duration) -> Self {
        let Inner {
            max,
            max_per_subject,
            ..
        } = *self.0;
        let limiter = self.0.places.as_ref().map(NodePlaces::limiter);
        Self::with(max, max_per_subject, patience, limiter)
    }

    /// Counts the streams of all nodes together, too. Give the slots of each node a handle of the same
    /// limiter. It has its own caps. At them, a request is answered as at the caps of this node.
    ///
    /// | the limiter | a new stream | a client with a resume id |
    /// |---|---|---|
    /// | is full in all | 503; its token is untouched | 200 and `sse.wait`, unless its place is there still |
    /// | is full for the subject | 429; its token is spent | 200, a new id and a time to wait |
    /// | can't be asked | 503; its token is untouched | 200 and `sse.wait` |
    ///
    /// It is asked twice for each stream, within the bounds of the gate's
    /// [`StorePolicy`](crate::StorePolicy): whether there is room, before the token is taken, and then for
    /// the place. If it is full or fails in between, the token is spent.
    ///
    /// All connections of a session have one place. So a client takes its own place over when it comes
    /// back, on whichever node, and an end of the old connection that is noticed late does not free it.
    ///
    /// # Open streams
    ///
    /// One task renews the places of all streams of these slots. It frees those of streams that are gone,
    /// and ends with the last of them. If a node dies, its places end by themselves.
    ///
    /// If the limiter can't be asked, open streams go on. When their places have ended meanwhile, they are
    /// claimed again when the limiter is back, one after the other, from a third of a place's time on. A stream for which there
    /// is no room then goes on without a place, and gets one that is free later. So after such a time there may be more
    /// streams than the caps of the limiter allow, but not more than the caps of the nodes. To end
    /// streams that were admitted would make an outage of the limiter one of the whole service.
    ///
    /// A place is not renewed while the stream is stalled: while its server has not asked for a frame for
    /// longer than the [patience](Self::with_patience). So it makes room for others on all nodes.
    ///
    /// This begins a new count. Call it before you give the slots to a layer.
    ///
    /// ```
    /// use sse_gate::StreamSlots;
    /// use sse_gate::sessions::StreamLimits;
    /// use sse_gate::sessions::backend::MemoryLimiter;
    ///
    /// // Two nodes in one process, as in a test. 4 streams for a user, wherever they are.
    /// let limiter = MemoryLimiter::new(StreamLimits::default().with_max_per_subject(4));
    /// let nodes = [1, 2].map(|_| StreamSlots::new(5_000, 4).with_limiter(limiter.clone()));
    /// assert_eq!(nodes[0].open() + nodes[1].open(), limiter.len());
    /// ```
    pub fn with_limiter(self, limiter: impl StreamLimiter) -> Self {
        let Inner {
            max,
            max_per_subject,
            patience,
            ..
        } = *self.0;
        let limiter = SharedLimiter::new(limiter);
        Self::with(max, max_per_subject, patience, Some(limiter))
    }

    fn with(
        max: usize,
        max_per_subject: usize,
        patience: Duration,
        limiter: Option<SharedLimiter>,
    ) -> Self {
        Self(Arc::new(Inner {
            max,
            max_per_subject,
            patience,
            places: limiter.map(|limiter| NodePlaces::new(limiter, patience)),
            open: Mutex::default(),
        }))
    }

    /// How many slots are in use: by streams that are open, about to open, or cut and still there.
    pub fn open(&self) -> usize {
        self.0.lock().count.reserved
    }

    /// Ends the open streams of a subject that have no session, and returns how many there were.
    pub(crate) fn end(&self, subject: &Subject) -> usize {
        let alone = self.0.lock().alone(subject);
        alone.iter().filter(|pulse| pulse.revoke()).count()
    }

    /// Ends all streams, and those that are opened from now on.
    pub(crate) fn stop(&self) {
        let all = self.0.lock().stop();
        for pulse in all {
            pulse.stop();
        }
    }

    /// The places in the limiter of all nodes, if there is one.
    pub(crate) fn places(&self) -> Option<&NodePlaces> {
        self.0.places.as_ref()
    }

    pub(crate) fn downgrade(&self) -> WeakSlots {
        WeakSlots(Arc::downgrade(&self.0))
    }

    /// Takes a slot before the subject is known. `None` if all slots are in use.
    pub(crate) fn reserve(&self) -> Option<Reservation> {
        let mut open = self.0.lock();
        if open.count.reserved >= self.0.max {
            open.make_room(&self.0);
        }
        if open.count.reserved >= self.0.max {
            return None;
        }
        open.count.reserved += 1;
        drop(open);
        Some(Reservation::new(Arc::clone(&self.0)))
    }
}

/// The slots of a layer that may be gone.
#[derive(Debug)]
pub(crate) struct WeakSlots(Weak<Inner>);

impl WeakSlots {
    pub(crate) fn is(&self, slots: &StreamSlots) -> bool {
        Weak::as_ptr(&self.0) == Arc::as_ptr(&slots.0)
    }

    /// Whether the last handle is gone.
    pub(crate) fn are_gone(&self) -> bool {
        self.0.strong_count() == 0
    }

    pub(crate) fn upgrade(&self) -> Option<StreamSlots> {
        self.0.upgrade().map(StreamSlots)
    }
}

impl Default for StreamSlots {
    /// 10,000 streams in all, and 16 of one subject. Over HTTP/1.1, a browser opens at most 6.
    fn default() -> Self {
        Self::new(10_000, 16)
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, OpenStreams> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
