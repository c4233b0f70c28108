//! Stops a connection: [`Fence`].

use std::any::Any;
use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Waker};

use crate::log::keep_waker;
use crate::session::{CloseReason, Delivered};
use crate::sync::Mutex;

/// Stops one connection. Clones are of the same connection.
///
/// A connection takes events from its log under the fence's lock, and a cut takes the same lock.
/// **After a cut, nothing is emitted.**
///
/// ```
/// use sse_gate_resume::backend::{CutReason, Fence};
/// use sse_gate_resume::CloseReason;
///
/// let fence = Fence::new();
/// fence.cut(CutReason::Replaced);
/// // The first reason stays.
/// fence.cut(CutReason::Closed(CloseReason::Idle));
/// assert_eq!(fence.cut_reason(), Some(CutReason::Replaced));
/// ```
#[derive(Clone)]
pub struct Fence(Arc<Mutex<Inner>>);

struct Inner {
    cut: Option<CutReason>,
    waker: Option<Waker>,
    /// What the connection keeps while it lasts.
    held: Vec<Box<dyn Any + Send>>,
    delivered: Delivered,
}

/// Why a connection was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutReason {
    /// Another connection of the session has taken its place, or may have.
    Replaced,
    /// The one writer of its log is gone with its node.
    WriterGone,
    /// Its session was closed.
    Closed(CloseReason),
}

impl Fence {
    /// The fence of a new connection.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Inner {
            cut: None,
            waker: None,
            held: Vec::new(),
            delivered: Delivered::Nothing,
        })))
    }

    /// Cuts the connection, frees what it holds, and wakes it. The first reason stays.
    pub fn cut(&self, why: CutReason) {
        self.mark(why);
        self.finish();
    }

    /// The first half of [`cut`](Self::cut): from now on nothing is emitted.
    pub(crate) fn mark(&self, why: CutReason) {
        self.0.lock().cut.get_or_insert(why);
    }

    /// The second half: frees what the connection holds, and wakes it. Call it without a lock, as it
    /// calls foreign code.
    pub(crate) fn finish(&self) {
        let (waker, held) = {
            let mut inner = self.0.lock();
            (inner.waker.take(), mem::take(&mut inner.held))
        };
        drop(held);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Wakes the connection, so that it looks again.
    pub(super) fn wake(&self) {
        let waker = self.0.lock().waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether both are of the same connection.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Why it was cut, if it was.
    pub fn cut_reason(&self) -> Option<CutReason> {
        self.0.lock().cut
    }

    /// How much the client got.
    pub fn delivered(&self) -> Delivered {
        self.0.lock().delivered
    }

    /// Keeps something until the connection is cut, or gone.
    pub(crate) fn hold(&self, thing: Box<dyn Any + Send>) {
        let mut inner = self.0.lock();
        if inner.cut.is_none() {
            // Each of many streams holds one or two things.
            inner.held.reserve_exact(1);
            inner.held.push(thing);
            return;
        }
        drop(inner);
        drop(thing);
    }

    /// Frees what the connection holds, and forgets the task to wake: the connection has gone.
    pub(crate) fn let_go(&self) {
        let (waker, held) = {
            let mut inner = self.0.lock();
            (inner.waker.take(), mem::take(&mut inner.held))
        };
        drop(held);
        drop(waker);
    }

    /// Notes that the client got so much. Returns whether it is more than was known.
    pub(crate) fn deliver(&self, delivered: Delivered) -> bool {
        let mut inner = self.0.lock();
        let before = inner.delivered;
        inner.delivered = before.max(delivered);
        inner.delivered > before
    }

    /// Emits, and keeps the task so that a later cut wakes it. If the connection was cut, it returns
    /// the reason instead. A waker that `emit` leaves in its second argument is dropped without the lock.
    pub(crate) fn emit<T>(
        &self,
        cx: &mut Context<'_>,
        emit: impl FnOnce(&mut Context<'_>, &mut Option<Waker>) -> T,
    ) -> Result<T, CutReason> {
        // They are dropped after the lock, also if it panics.
        let (left, mut left_by_it);
        let mut inner = self.0.lock();
        if let Some(why) = inner.cut {
            return Err(why);
        }
        left = keep_waker(&mut inner.waker, cx);
        left_by_it = None;
        let emitted = emit(cx, &mut left_by_it);
        drop(inner);
        drop((left, left_by_it));
        Ok(emitted)
    }
}

impl Default for Fence {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fence")
            .field("cut", &self.cut_reason())
            .finish_non_exhaustive()
    }
}
