//! One client's reading of a log: [`Subscription`].

mod end;
mod writing;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::BytesMut;

pub use end::{SubscriptionEnd, Written};

use crate::frames;
use crate::id::IdPrefix;
use crate::log::{Page, ReadLog, ReaderId};
use crate::session::{Binding, CloseReason, CutReason, Lease};
use crate::sessions::Sessions;
use crate::slow::{Slow, SlowPolicy};

/// What a connection's client gets: the events that it missed, then those that come, each with a
/// resume id of this connection's.
///
/// It begins with `retry` and `sse.open`, so that the client holds an id before anything else. It
/// says what it can't give: `sse.gap`. It ends with the log, or with `sse.close` and a reason when
/// its session is closed. When another connection replaces it, it ends without a word.
///
/// It has no timers and no thread. Whoever serves it polls it, and drops it when its client has
/// gone.
#[derive(Debug)]
pub struct Subscription {
    sessions: Sessions,
    lease: Lease,
    log: Arc<dyn ReadLog>,
    reader: ReaderId,
    prefix: IdPrefix,
    /// The event that the client has had last, or will when it has what was written.
    cursor: u64,
    slow: Slow,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The client has no id of this connection yet.
    Opening,
    /// It was written one.
    Opened,
    /// There is nothing more to write.
    Over(SubscriptionEnd),
}

impl Subscription {
    pub(crate) fn new(
        sessions: Sessions,
        lease: Lease,
        log: Arc<dyn ReadLog>,
        prefix: IdPrefix,
        cursor: u64,
    ) -> Self {
        let reader = log.enroll();
        Self {
            sessions,
            lease,
            log,
            reader,
            prefix,
            cursor,
            slow: Slow::new(SlowPolicy::default()),
            stage: Stage::Opening,
        }
    }

    /// What to do about a client that falls behind.
    pub fn with_slow_policy(mut self, policy: SlowPolicy) -> Self {
        self.slow = Slow::new(policy);
        self
    }

    /// What its session is bound to.
    pub fn binding(&self) -> &Binding {
        self.lease.binding()
    }

    /// How long its session may still last: [`Sessions::time_left`].
    pub fn time_left(&self) -> Duration {
        self.sessions.time_left(self.lease.binding())
    }

    /// Its hold on the session.
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Why it ended, if it has.
    pub fn end(&self) -> Option<SubscriptionEnd> {
        match self.stage {
            Stage::Over(end) => Some(end),
            Stage::Opening | Stage::Opened => None,
        }
    }

    /// The client has got something: a write has succeeded.
    pub fn confirm(&self) {
        self.lease.confirm();
    }

    /// Writes what there is for the client, up to a page; waits if there is nothing.
    pub fn poll_write(&mut self, cx: &mut Context<'_>, buffer: &mut BytesMut) -> Poll<Written> {
        if self.end().is_some() {
            return Poll::Ready(Written::Last);
        }
        let mut page = Page::default();
        // What is taken from the log under the fence's lock counts as emitted.
        let read = self.lease.fence().emit(cx, |cx| {
            self.log.poll_read(self.reader, self.cursor, &mut page, cx)
        });
        match read {
            Err(why) => {
                self.cut_off(why, buffer);
                Poll::Ready(Written::Last)
            }
            Ok(Poll::Ready(read)) => Poll::Ready(self.write(read, page, buffer)),
            Ok(Poll::Pending) if self.stage == Stage::Opening => {
                self.open(None, buffer);
                Poll::Ready(Written::More)
            }
            Ok(Poll::Pending) => Poll::Pending,
        }
    }

    /// Ends it before its time. Its client is told to come back, at a moment within `spread` that
    /// is drawn for each, and has an id to come back with.
    pub fn shut_down(&mut self, spread: Duration, buffer: &mut BytesMut) {
        if self.may_end(buffer) {
            // It may never have got an id of this connection.
            self.open(None, buffer);
            let retry = self.lease.binding().policy.retry();
            frames::retry(retry.saturating_add(self.sessions.jitter(spread)), buffer);
            self.stage = Stage::Over(SubscriptionEnd::ShutDown);
        }
    }

    /// Ends it as its deadline has come.
    pub fn expire(&mut self, buffer: &mut BytesMut) {
        if self.may_end(buffer) {
            self.cut_off(CutReason::Closed(CloseReason::Deadline), buffer);
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.log.dismiss(self.reader);
    }
}
