//! Lets sessions listen to the other nodes: [`Listening`].

use std::sync::{Arc, Mutex, PoisonError};

use sse_gate_resume::Sessions;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

/// The task that listens to the other nodes, for sessions that have a [bus](Sessions::with_bus). Clones share
/// it.
///
/// The task ends by itself when the sessions are gone, or if another task listens for them already.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listening(Arc<Mutex<Option<AbortHandle>>>);

impl Listening {
    /// Starts the task on the Tokio runtime of this thread, if there is one.
    ///
    /// It does nothing if the sessions are connected. If not, a task that still runs goes on, and one that
    /// has ended is replaced: its runtime may be gone.
    pub(crate) fn start(&self, sessions: &Sessions) {
        if sessions.is_connected() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let mut task = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if task.as_ref().is_none_or(AbortHandle::is_finished) {
            let listening = runtime.spawn(sessions.listen(tokio::time::sleep));
            *task = Some(listening.abort_handle());
        }
    }
}
