//! What stands between a connection and its client: [`Fence`].

use std::any::Any;
use std::fmt;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Waker};

use super::{CloseReason, Delivered};
use crate::log::keep_waker;
use crate::sync::Mutex;

/// Stops one connection, at once and for good.
///
/// Whoever emits does so under the fence's lock, and whoever cuts takes the same one: after a cut
/// nothing is emitted.
#[derive(Clone)]
pub struct Fence(Arc<Mutex<Inner>>);

struct Inner {
    cut: Option<CutReason>,
    waker: Option<Waker>,
    /// What the connection has while it lasts.
    held: Vec<Box<dyn Any + Send>>,
    delivered: Delivered,
}

/// Why a connection was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutReason {
    /// Another one has taken its place.
    Replaced,
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

    /// Cuts the connection, frees what it holds, and wakes it. The first reason stands.
    pub fn cut(&self, why: CutReason) {
        self.mark(why);
        self.finish();
    }

    /// The first half of [`cut`](Self::cut): from now on nothing is emitted.
    pub(super) fn mark(&self, why: CutReason) {
        self.0.lock().cut.get_or_insert(why);
    }

    /// The second half, which calls code of others: frees what the connection holds, and wakes it.
    pub(super) fn finish(&self) {
        let (waker, held) = {
            let mut inner = self.0.lock();
            (inner.waker.take(), mem::take(&mut inner.held))
        };
        drop(held);
        if let Some(waker) = waker {
            waker.wake();
        }
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
            inner.held.push(thing);
            return;
        }
        drop(inner);
        drop(thing);
    }

    /// Frees what the connection holds, and forgets whom to wake: it has gone.
    pub(super) fn let_go(&self) {
        let (waker, held) = {
            let mut inner = self.0.lock();
            (inner.waker.take(), mem::take(&mut inner.held))
        };
        drop(held);
        drop(waker);
    }

    /// Marks that the client got so much; whether that is news.
    pub(crate) fn deliver(&self, delivered: Delivered) -> bool {
        let mut inner = self.0.lock();
        let before = inner.delivered;
        inner.delivered = before.max(delivered);
        inner.delivered > before
    }

    /// Emits, unless the connection was cut: then it says why. In either case, whoever asks is
    /// woken by a cut to come.
    pub(crate) fn emit<T>(
        &self,
        cx: &mut Context<'_>,
        emit: impl FnOnce(&mut Context<'_>) -> T,
    ) -> Result<T, CutReason> {
        let mut inner = self.0.lock();
        if let Some(why) = inner.cut {
            return Err(why);
        }
        keep_waker(&mut inner.waker, cx);
        Ok(emit(cx))
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
