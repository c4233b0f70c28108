//! A log in this process's memory: [`MemoryLog`].

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use sse_gate_codec::Event;

use super::shared::SharedLog;
use crate::log::readers::keep_waker;
use crate::log::{
    AppendError, Bounds, EncodedEvent, EventLog, LogEnd, LogEpoch, Page, Read, ReadLog, ReaderId,
    StopReason,
};

/// A handle of a log in memory. Clones are handles of the same log.
///
/// What the log holds is freed with its last handle. One writer uses it through a
/// [`Publisher`](crate::Publisher). If there are several writers, as in a chat room, each uses
/// [`append`](crate::backend::EventLog::append).
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_resume::backend::{EventLog, ReadLog};
/// use sse_gate_resume::MemoryLogs;
///
/// # pollster::block_on(async {
/// let log = MemoryLogs::default().create()?;
/// let same = log.clone();
/// assert_eq!(log.append(&Event::new().data("one")).await?, 1);
/// assert_eq!(same.append(&Event::new().data("two")).await?, 2);
/// assert_eq!((log.bounds().last, log.handles()), (2, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct MemoryLog(Arc<SharedLog>);

impl MemoryLog {
    pub(super) fn new(shared: Arc<SharedLog>) -> Self {
        if let Some(watch) = &shared.watch {
            watch.add();
        }
        Self(shared)
    }

    /// How many readers the log has: connections that are open now.
    pub fn readers(&self) -> usize {
        self.0.lock().readers.len()
    }

    /// How many handles there are of this log, this one included. Each clone is one. Sessions,
    /// publishers, subscriptions and registries hold one each.
    ///
    /// A session that waits for its client to come back still holds its log.
    pub fn handles(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    /// Why the writer is asked to stop, if it is. A writer that waits for it is still woken.
    pub fn stop_reason(&self) -> Option<StopReason> {
        self.0.lock().stop
    }
}

impl Clone for MemoryLog {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.0))
    }
}

impl Drop for MemoryLog {
    fn drop(&mut self) {
        if let Some(watch) = &self.0.watch {
            watch.remove();
        }
    }
}

impl ReadLog for MemoryLog {
    fn epoch(&self) -> LogEpoch {
        self.0.epoch
    }

    fn bounds(&self) -> Bounds {
        let now = self.0.clock.steady();
        let mut state = self.0.lock();
        state.retained.trim(now);
        Bounds {
            first: state.retained.first(),
            last: state.retained.last(),
            end: state.end,
        }
    }

    fn enroll(&self) -> ReaderId {
        self.0.lock().readers.enroll()
    }

    fn dismiss(&self, reader: ReaderId) {
        let now = self.0.clock.steady();
        self.0.change(|state| {
            state.readers.dismiss(reader);
            if !state.readers.is_empty() {
                return ((), Vec::new());
            }
            state.deserted_since = now;
            ((), state.writer.take().into_iter().collect())
        });
    }

    fn poll_read(
        &self,
        reader: ReaderId,
        after: u64,
        page: &mut Page,
        cx: &mut Context<'_>,
    ) -> Poll<Read> {
        let now = self.0.clock.steady();
        let mut state = self.0.lock();
        if let Some(read) = state.read(after, page, now) {
            return Poll::Ready(read);
        }
        state.readers.wait(reader, cx);
        Poll::Pending
    }

    fn stop(&self, reason: StopReason) {
        self.0.change(|state| {
            match reason {
                StopReason::Requested => {
                    state.stop.get_or_insert(reason);
                }
                // It stands above a request, and there is nothing to keep the events for.
                StopReason::Closed => {
                    state.stop = Some(reason);
                    state.retained.clear();
                }
            }
            ((), state.writer.take().into_iter().collect())
        });
    }
}

impl EventLog for MemoryLog {
    async fn append(&self, event: &Event<'_>) -> Result<u64, AppendError> {
        let encoded = EncodedEvent::new(event)?;
        let now = self.0.clock.steady();
        let seq = self.0.change(|state| match state.append(encoded, now) {
            Ok(seq) => (Ok(seq), state.readers.take_waiting()),
            Err(kind) => (Err(kind), Vec::new()),
        })?;
        Ok(seq)
    }

    async fn end(&self, how: LogEnd) -> Result<(), AppendError> {
        self.0.change(|state| {
            state.end.get_or_insert(how);
            ((), state.readers.take_waiting())
        });
        Ok(())
    }

    fn poll_stopped(&self, cx: &mut Context<'_>) -> Poll<StopReason> {
        let mut state = self.0.lock();
        if let Some(reason) = state.stop {
            return Poll::Ready(reason);
        }
        keep_waker(&mut state.writer, cx);
        Poll::Pending
    }

    fn poll_deserted(&self, cx: &mut Context<'_>) -> Poll<Duration> {
        let now = self.0.clock.steady();
        let mut state = self.0.lock();
        if state.readers.is_empty() {
            return Poll::Ready(now.saturating_since(state.deserted_since));
        }
        keep_waker(&mut state.writer, cx);
        Poll::Pending
    }
}

impl fmt::Debug for MemoryLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLog")
            .field("epoch", &self.0.epoch)
            .field("bounds", &self.bounds())
            .finish_non_exhaustive()
    }
}
