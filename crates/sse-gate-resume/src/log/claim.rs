//! The one writer of a log, and who takes its place when its node is gone.

use std::mem;
use std::sync::Arc;

use super::backing::Backing;
use super::shared::SharedLog;
use super::{AppendError, AppendErrorKind, Log, LogEnd, LogError, StopReason};
use crate::node::Finished;

/// The node of a log's one writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriterNode {
    /// It lives, or any node may write.
    Lives,
    /// It is gone.
    Gone,
    /// The writer was gone. This node asked to take its place, and does not know whether it has.
    Unknown,
}

impl Log {
    /// Whether its one writer is gone with its process, and has not ended the log.
    pub fn is_orphaned(&self) -> bool {
        let state = self.shared().look();
        let is_written = state.end.is_some() || state.publishers > 0;
        !is_written && state.writer_node != WriterNode::Lives
    }

    /// Makes this node the writer of a log that [is orphaned](Self::is_orphaned). Returns whether it
    /// is: only one takes a log over.
    ///
    /// A claim that was begun is finished, even if this future is dropped. If the log is this node's then, it
    /// ends as failed, as its work was not begun again. It also ends as failed if the claim counted and its answer was
    /// lost, as soon as that is known.
    ///
    /// ```
    /// use sse_gate_resume::Logs;
    ///
    /// # pollster::block_on(async {
    /// // A log that ends with its process has no other writer.
    /// let log = Logs::default().create().await?;
    /// assert!(!log.is_orphaned() && !log.claim().await?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The store of the log can't be reached.
    pub async fn claim(&self) -> Result<bool, LogError> {
        let Some(backing) = &self.shared().backing else {
            return Ok(false);
        };
        let (store, id, log) = (backing.store.clone(), backing.id.clone(), self.clone());
        let claim = async move {
            let known = log.shared().known_of_writer();
            let claimed = store.claim(id).await;
            if matches!(claimed, Ok(true)) {
                log.shared().forget_of_writer(known);
            }
            if log.shared().learn_claim(claimed.as_ref().ok().copied()) {
                log.shared().end_unwritten().await;
            }
            Ok::<_, LogError>(claimed?.then(|| Claimed(Some(log))))
        };
        let claimed = Finished::new(claim, &backing.chores).await?;
        Ok(claimed.map(Claimed::tell).is_some())
    }
}

impl SharedLog {
    /// Asks the store whether the one writer is gone with its node. If it is, nothing more comes.
    pub(super) async fn look_for_writer(self: &Arc<Self>) -> bool {
        let Some(Backing { store, id, .. }) = &self.backing else {
            return false;
        };
        let Ok(found) = store.open(id.name.clone()).await else {
            return false;
        };
        let Some(found) = found.filter(|it| it.epoch == id.epoch) else {
            // It is gone, and is nobody's.
            self.doubt(false);
            return false;
        };
        if found.is_orphaned {
            self.lock().writer_node = WriterNode::Gone;
            self.doubt(false);
            self.learn(&found.bounds);
            // It may have been taken over by this node meanwhile.
            return self.is_read_from_afar();
        }
        if self.learn_claim(Some(false)) {
            self.end_unwritten().await;
        }
        false
    }

    /// What this node knows of the end, and of the reason to stop.
    fn known_of_writer(&self) -> (Option<LogEnd>, Option<StopReason>) {
        let state = self.look();
        (state.end, state.stop)
    }

    /// This node takes the place of the writer, of which it has known this. That the writer's part was over counts no
    /// more. What has come since then counts, and so does a request to stop.
    fn forget_of_writer(&self, (end, stop): (Option<LogEnd>, Option<StopReason>)) {
        let mut state = self.lock();
        state.end = state.end.filter(|_| end.is_none());
        if stop == Some(StopReason::Closed) {
            state.stop = None;
        }
    }

    /// Notes what the store answered to a claim, or that it did not answer. Returns whether an earlier claim may have
    /// made this node the log's writer although nothing here writes it.
    pub(super) fn learn_claim(self: &Arc<Self>, claimed: Option<bool>) -> bool {
        let mut state = self.lock();
        let node = claimed.map_or(WriterNode::Unknown, |_| WriterNode::Lives);
        let before = mem::replace(&mut state.writer_node, node);
        let is_unwritten = state.publishers == 0;
        drop(state);
        self.doubt(claimed.is_none());
        claimed == Some(false) && before == WriterNode::Unknown && is_unwritten
    }

    /// Ends the log as failed, if this node is its writer: nothing here writes it. The store knows whose it is.
    async fn end_unwritten(self: &Arc<Self>) {
        let Some(Backing { store, id, .. }) = &self.backing else {
            return;
        };
        let ended = store.end(id.clone(), LogEnd::Failed).await;
        let is_told = ended.map_or_else(|error| error.kind() == AppendErrorKind::Closed, |()| true);
        if !is_told || !self.refresh().await {
            // The store is asked again.
            self.lock().writer_node = WriterNode::Unknown;
            self.doubt(true);
        }
    }

    /// Whether this node may be the writer, and does not know. Until it does, the store is asked now and then.
    fn doubt(self: &Arc<Self>, may_be_own: bool) {
        if let Some(windows) = &self.windows {
            windows.doubt(self, may_be_own);
        }
    }

    /// Ends the log in its store, and here. What other nodes have appended before that is asked for.
    pub(super) async fn end_stored(self: &Arc<Self>, how: LogEnd) -> Result<(), AppendError> {
        let Some(Backing { store, id, .. }) = &self.backing else {
            self.ended(how);
            return Ok(());
        };
        let ended = store.end(id.clone(), how).await;
        match &ended {
            Ok(()) => {
                if !id.name.is_own() {
                    self.refresh().await;
                }
                self.ended(how);
            }
            // Another node has taken it over.
            Err(error) if error.kind() == AppendErrorKind::Closed => self.learn_closed(),
            Err(_) => {}
        }
        ended
    }
}

/// A log that this node is to write. If it is dropped before its caller knows, the log ends: no other node writes it.
struct Claimed(Option<Log>);

impl Claimed {
    fn tell(mut self) {
        self.0 = None;
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        if let Some(log) = &self.0 {
            log.end_later(LogEnd::Failed);
        }
    }
}
