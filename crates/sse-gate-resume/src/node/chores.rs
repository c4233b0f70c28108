//! Work in the background: [`Chores`].

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::sync::Mutex;

/// Work in the background: to tell a store that a connection is gone, for instance.
pub type Chore = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs a chore in the background. It gives the chore back if it can't run it.
///
/// ```
/// use sse_gate_resume::backend::{Chore, Spawn};
///
/// // With tokio: `Handle::try_current()`, then `spawn`.
/// let in_a_thread = |chore: Chore| {
///     std::thread::spawn(|| pollster::block_on(chore));
///     None
/// };
/// let spawn: Box<dyn Spawn> = Box::new(in_a_thread);
/// # let _ = spawn;
/// ```
pub trait Spawn: Fn(Chore) -> Option<Chore> + Send + Sync + 'static {}

impl<F: Fn(Chore) -> Option<Chore> + Send + Sync + 'static> Spawn for F {}

/// Where chores run. A value is dropped in many places, and none of them can wait. So:
///
/// 1. A chore runs at once, as far as it gets without waiting. That is to its end with a store in
///    memory.
/// 2. The rest is spawned, if there is a [`Spawn`] and it takes the chore.
/// 3. Otherwise it is kept, and runs when the sessions are used next.
#[derive(Clone, Default)]
pub(crate) struct Chores {
    spawn: Option<Arc<dyn Spawn>>,
    kept: Arc<Mutex<Vec<Chore>>>,
}

impl Chores {
    /// Runs what has to wait by this.
    pub(crate) fn with_spawn(self, spawn: impl Spawn) -> Self {
        Self {
            spawn: Some(Arc::new(spawn)),
            ..self
        }
    }

    /// Runs a chore. Returns false if the rest of it is kept.
    pub(crate) fn run(&self, chore: impl Future<Output = ()> + Send + 'static) -> bool {
        let mut chore: Chore = Box::pin(chore);
        if is_done(&mut chore) {
            return true;
        }
        let rest = match &self.spawn {
            Some(spawn) => spawn(chore),
            None => Some(chore),
        };
        let is_running = rest.is_none();
        self.kept.lock().extend(rest);
        is_running
    }

    /// Goes on with the chores that were kept.
    pub(crate) fn run_kept(&self) {
        let kept = mem::take(&mut *self.kept.lock());
        if kept.is_empty() {
            return;
        }
        let rest: Vec<_> = kept
            .into_iter()
            .filter_map(|mut chore| (!is_done(&mut chore)).then_some(chore))
            .collect();
        self.kept.lock().extend(rest);
    }
}

/// Goes on with a chore as far as it gets. Returns whether it is done.
fn is_done(chore: &mut Chore) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    matches!(chore.as_mut().poll(&mut cx), Poll::Ready(()))
}

impl fmt::Debug for Chores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chores")
            .field("kept", &self.kept.lock().len())
            .field("spawns", &self.spawn.is_some())
            .finish()
    }
}
