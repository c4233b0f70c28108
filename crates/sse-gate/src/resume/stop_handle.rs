//! Ends one stream from elsewhere: [`StopHandle`].

use std::fmt;
use std::sync::Arc;

use crate::slots::Pulse;

/// Ends a [`ResumableBody`](crate::ResumableBody) from elsewhere. Clones end the same one.
///
/// The session stays, and its client comes back: for a server that wants to be rid of one connection, or to move it to
/// another node. [`Gate::revoke`](crate::Gate::revoke) ends all streams of a subject for good.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use sse_gate::sessions::Topics;
/// use sse_gate::{Problem, ResumableBody, ResumableStream, StopHandle};
///
/// type Handles = Arc<Mutex<Vec<StopHandle>>>;
///
/// async fn prices(stream: ResumableStream, topics: Topics, open: Handles) -> Result<ResumableBody, Problem> {
///     let prices = topics.log("prices", None).await?;
///     let body = stream.follow(&prices).await?;
///     open.lock().unwrap().push(body.stop_handle());
///     Ok(body)
/// }
///
/// fn stop_all(open: &Handles) {
///     open.lock().unwrap().drain(..).for_each(|handle| {
///         handle.stop();
///     });
/// }
/// ```
#[derive(Clone)]
pub struct StopHandle(Arc<Pulse>);

impl StopHandle {
    pub(super) fn new(pulse: Arc<Pulse>) -> Self {
        Self(pulse)
    }

    /// Ends the body as [`ResumableBody::until`](crate::ResumableBody::until) does. Returns whether nothing had ended it
    /// before: no call of this, and no end of its stream's time, subject or service. That the body was dropped, or had
    /// written all that it has, is not known here.
    pub fn stop(&self) -> bool {
        self.0.stop()
    }
}

impl fmt::Debug for StopHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StopHandle").finish_non_exhaustive()
    }
}
