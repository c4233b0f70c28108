//! A handle of a log: [`Log`].

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use sse_gate_codec::Event;

use super::readers::keep_waker;
use super::shared::SharedLog;
use super::{
    AppendError, AppendErrorKind, Bounds, EncodedEvent, LogEnd, LogEpoch, LogError, LogName,
    Reader, StopReason,
};
use crate::node::Finished;

/// A handle of a log. Clones are handles of the same log.
///
/// What the log holds in memory is freed with its last handle. One writer uses it through a
/// [`Publisher`](crate::Publisher). If there are several writers, as in a chat room, each uses
/// [`append`](Self::append).
///
/// ```
/// use sse_gate_codec::Event;
/// use sse_gate_resume::Logs;
///
/// # pollster::block_on(async {
/// let log = Logs::default().create().await?;
/// let same = log.clone();
/// assert_eq!(log.append(&Event::new().data("one")).await?, 1);
/// assert_eq!(same.append(&Event::new().data("two")).await?, 2);
/// assert_eq!((log.bounds().last, log.handles()), (2, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct Log(Arc<SharedLog>);

impl Log {
    pub(super) fn new(shared: Arc<SharedLog>) -> Self {
        shared.add_handle();
        Self(shared)
    }

    pub(super) fn shared(&self) -> &Arc<SharedLog> {
        &self.0
    }

    /// Which log it is: a number that no other log has.
    pub fn epoch(&self) -> LogEpoch {
        self.0.epoch
    }

    /// The name by which its store finds it. It is empty for a log that ends with its process.
    pub fn name(&self) -> LogName {
        let backing = self.0.backing.as_ref();
        backing.map_or_else(LogName::default, |backing| backing.id.name.clone())
    }

    /// Which events it holds.
    ///
    /// With a store, the first one is the first that it held when this node asked it last.
    pub fn bounds(&self) -> Bounds {
        self.0.bounds()
    }

    /// Appends an event and returns its number. It never waits for a client.
    ///
    /// With a store, it waits until the store has acknowledged the event. An append that was begun is
    /// finished, even if this future is dropped.
    ///
    /// # Errors
    ///
    /// An event that has an id, a reserved name or no data is refused, and so is one for which there is
    /// no room, or for a log that has ended: see [`AppendErrorKind`].
    pub async fn append(&self, event: &Event<'_>) -> Result<u64, AppendError> {
        let encoded = EncodedEvent::new(event)?;
        let Some(backing) = &self.0.backing else {
            let now = self.0.clock.steady();
            let seq = self.0.lock().append(encoded, now)?;
            self.0.wake_readers();
            return Ok(seq);
        };
        backing.chores.run_kept();
        let in_flight = self.0.begin_append()?;
        let (store, id) = (backing.store.clone(), backing.id.clone());
        let log = self.clone();
        let append = async move {
            let appended = store.append(id, encoded.as_bytes().clone()).await;
            match &appended {
                Ok(seq) => in_flight.arrived(*seq, encoded),
                Err(error) if error.kind() == AppendErrorKind::Closed => log.0.learn_closed(),
                Err(_) => {}
            }
            appended
        };
        Finished::new(append, &backing.chores).await
    }

    /// Ends the log. A second end is ignored.
    ///
    /// Readers are told when they have had all events, those included that are being appended at this
    /// moment.
    ///
    /// ```
    /// use sse_gate_codec::Event;
    /// use sse_gate_resume::Logs;
    /// use sse_gate_resume::backend::LogEnd;
    /// use sse_gate_resume::error::AppendErrorKind;
    ///
    /// # pollster::block_on(async {
    /// let log = Logs::default().create().await?;
    /// log.end(LogEnd::Complete).await?;
    /// log.end(LogEnd::Failed).await?;
    /// assert_eq!(log.bounds().end, Some(LogEnd::Complete));
    /// let error = log.append(&Event::new().data("late")).await.unwrap_err();
    /// assert_eq!(error.kind(), AppendErrorKind::Ended);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The store of the log can't be reached, or another node has [taken the log over](Self::claim)
    /// ([`Closed`](AppendErrorKind::Closed)).
    pub async fn end(&self, how: LogEnd) -> Result<(), AppendError> {
        let Some(backing) = &self.0.backing else {
            self.0.ended(how);
            return Ok(());
        };
        let log = self.clone();
        let end = async move { log.0.end_stored(how).await };
        Finished::new(end, &backing.chores).await
    }

    /// Ends the log in the background, as when its writer is gone. With a store, readers are told when the store has
    /// answered.
    pub fn end_later(&self, how: LogEnd) {
        let Some(backing) = &self.0.backing else {
            self.0.ended(how);
            return;
        };
        let log = Arc::clone(&self.0);
        let is_running = backing.chores.run(async move {
            let ended = log.end_stored(how).await;
            if ended.is_err_and(|error| error.kind() != AppendErrorKind::Closed) {
                // The clients of this node are told all the same. In the store, the log is orphaned when its node is
                // gone, and ends then.
                log.ended(how);
            }
        });
        if !is_running {
            // The answer may be looked at much later.
            self.0.ended(how);
        }
    }

    /// Leaves the log to another process, because this one goes down. A [`Publisher`](crate::Publisher) that
    /// is dropped from now on does not end it, so that the log is [orphaned](Self::is_orphaned) for the next
    /// process. Without a store, the log does not outlive this process, and nothing changes.
    ///
    /// ```
    /// use sse_gate_resume::backend::MemoryLogStore;
    /// use sse_gate_resume::{Logs, Publisher};
    ///
    /// # pollster::block_on(async {
    /// let logs = Logs::default().with_store(MemoryLogStore::default());
    /// let log = logs.create().await?;
    /// let publisher = Publisher::new(log.clone());
    /// log.leave();
    /// drop(publisher);
    /// assert_eq!(log.bounds().end, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn leave(&self) {
        self.0.lock().is_left = self.has_store();
    }

    /// Whether it was left to another process.
    pub(crate) fn is_left(&self) -> bool {
        self.0.look().is_left
    }

    /// Asks the writer to stop. The log goes on until the writer ends it.
    ///
    /// After [`StopReason::Closed`] every [`append`](Self::append) **fails** with
    /// [`AppendErrorKind::Closed`], and what the log holds is freed, in its store, too.
    ///
    /// ```
    /// use sse_gate_codec::Event;
    /// use sse_gate_resume::{Logs, StopReason};
    ///
    /// # pollster::block_on(async {
    /// let log = Logs::default().create().await?;
    /// // A request to stop leaves the writer time to say its last word.
    /// log.stop(StopReason::Requested);
    /// log.append(&Event::new().data("bye")).await?;
    /// log.stop(StopReason::Closed);
    /// assert!(log.append(&Event::new().data("late")).await.is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn stop(&self, reason: StopReason) {
        self.0.stop(reason);
    }

    /// Makes a place for a reader.
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::new(self.clone()))
    }

    /// How many readers the log has: connections that are open now.
    pub fn readers(&self) -> usize {
        self.0.look().readers
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
        self.0.look().stop
    }

    /// Another node has closed it: its writer is told.
    pub(crate) fn learn_closed(&self) {
        self.0.learn_closed();
    }

    /// A session has it: it outlives its handles.
    pub(crate) fn keep(&self) {
        self.0.set_claimed(true);
    }

    /// A publisher of it begins or ends on this node.
    pub(crate) fn count_publisher(&self, is_new: bool) {
        let mut state = self.0.lock();
        if is_new {
            state.publishers += 1;
        } else {
            state.publishers -= 1;
        }
    }

    /// Whether it outlives its process.
    pub(crate) fn has_store(&self) -> bool {
        self.0.backing.is_some()
    }

    /// Frees what its store holds of it.
    pub(super) async fn remove(&self) -> Result<(), LogError> {
        match &self.0.backing {
            Some(backing) => backing.store.remove(backing.id.clone()).await,
            None => Ok(()),
        }
    }

    /// Is ready when the writer is asked to stop, or if it was asked before.
    pub fn poll_stopped(&self, cx: &mut Context<'_>) -> Poll<StopReason> {
        let mut state = self.0.lock();
        if let Some(reason) = state.stop {
            return Poll::Ready(reason);
        }
        let left = keep_waker(&mut state.writer, cx);
        drop(state);
        drop(left);
        Poll::Pending
    }

    /// Is ready when there is no reader, and says for how long there has been none.
    pub fn poll_deserted(&self, cx: &mut Context<'_>) -> Poll<Duration> {
        let now = self.0.clock.steady();
        let mut state = self.0.lock();
        if state.readers == 0 {
            return Poll::Ready(now.saturating_since(state.deserted_since));
        }
        let left = keep_waker(&mut state.writer, cx);
        drop(state);
        drop(left);
        Poll::Pending
    }
}

impl Clone for Log {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.0))
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.remove_handle();
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("epoch", &self.0.epoch)
            .field("bounds", &self.bounds())
            .finish_non_exhaustive()
    }
}
