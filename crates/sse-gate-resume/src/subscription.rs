//! One client's reading of a log: [`Subscription`].

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::BytesMut;

use crate::frames;
use crate::id::IdPrefix;
use crate::log::{LogEnd, Page, Read, ReadLog, ReaderId};
use crate::observer::SessionSignal;
use crate::session::{Binding, CloseReason, CutReason, Delivered, Lease};
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

/// Why a [`Subscription`] has nothing more to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubscriptionEnd {
    /// The log has ended, and the client has all of it.
    Complete,
    /// The log's writer broke off.
    Failed,
    /// The client was behind for too long: see [`SlowPolicy`].
    TooSlow,
    /// Another connection has taken its place.
    Replaced,
    /// Its session was closed.
    Closed(CloseReason),
    /// The server stops.
    ShutDown,
}

/// What [`Subscription::poll_write`] has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It wrote something. There may be more to write.
    More,
    /// It wrote the last bytes, or none. There will be no more.
    Last,
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
        if self.has_last_word(buffer) {
            // It may never have got an id of this connection.
            self.open(None, buffer);
            let retry = self.lease.binding().policy.retry();
            frames::retry(retry.saturating_add(self.sessions.jitter(spread)), buffer);
            self.stage = Stage::Over(SubscriptionEnd::ShutDown);
        }
    }

    /// Ends it as its deadline has come.
    pub fn expire(&mut self, buffer: &mut BytesMut) {
        if self.has_last_word(buffer) {
            self.cut_off(CutReason::Closed(CloseReason::Deadline), buffer);
        }
    }

    fn write(&mut self, read: Read, page: Page, buffer: &mut BytesMut) -> Written {
        match read {
            Read::Events => {
                // Its first page it gets in any case, or it would never arrive.
                if self.is_too_slow(&page) && self.stage == Stage::Opened {
                    self.stage = Stage::Over(SubscriptionEnd::TooSlow);
                    return Written::Last;
                }
                self.open(None, buffer);
                buffer.reserve(page.bytes() + page.len() * self.prefix.line_len());
                for (seq, event) in page {
                    self.prefix.line(seq, buffer);
                    buffer.extend_from_slice(event.as_bytes());
                    self.cursor = seq;
                }
                Written::More
            }
            Read::Trimmed { first } => {
                self.gap(self.cursor + 1, first - 1, first - 1, buffer);
                Written::More
            }
            Read::Ahead { last } => {
                self.gap(last + 1, self.cursor, last, buffer);
                Written::More
            }
            Read::Ended(end) => {
                self.open(None, buffer);
                self.stage = Stage::Over(match end {
                    LogEnd::Complete => {
                        frames::complete(buffer);
                        SubscriptionEnd::Complete
                    }
                    LogEnd::Failed => {
                        frames::failure(buffer);
                        SubscriptionEnd::Failed
                    }
                });
                Written::Last
            }
        }
    }

    /// Gives the client its first id, unless it has one.
    fn open(&mut self, gap: Option<(u64, u64)>, buffer: &mut BytesMut) {
        if self.stage == Stage::Opening {
            let retry = self.lease.binding().policy.retry();
            let retry = retry.saturating_add(self.sessions.jitter(retry));
            self.lease.fence().deliver(Delivered::Sent);
            frames::open(retry, &self.prefix, self.cursor, gap, buffer);
            self.stage = Stage::Opened;
        }
    }

    /// Says that events are missing, and goes on behind them.
    fn gap(&mut self, from: u64, to: u64, go_on: u64, buffer: &mut BytesMut) {
        self.open(Some((from, to)), buffer);
        let signal = SessionSignal::Gap {
            events: to - from + 1,
            log_lost_writes: go_on < self.cursor,
        };
        self.cursor = go_on;
        frames::gap(&self.prefix, self.cursor, (from, to), buffer);
        self.sessions.observe(signal, &self.lease);
    }

    /// Whether it may still say why it ends. One that was cut ends for that reason.
    fn has_last_word(&mut self, buffer: &mut BytesMut) -> bool {
        if self.end().is_some() {
            return false;
        }
        let cut_reason = self.lease.fence().cut_reason();
        if let Some(why) = cut_reason {
            self.cut_off(why, buffer);
        }
        cut_reason.is_none()
    }

    fn cut_off(&mut self, why: CutReason, buffer: &mut BytesMut) {
        self.stage = Stage::Over(match why {
            CutReason::Replaced => SubscriptionEnd::Replaced,
            CutReason::Closed(reason) => {
                // Whatever is last, the first block is always the same.
                self.open(None, buffer);
                frames::close(reason, buffer);
                SubscriptionEnd::Closed(reason)
            }
        });
    }

    /// Whether the client has fallen behind further than it may. If all that there is fits into
    /// the page, the log needs not be asked.
    fn is_too_slow(&mut self, page: &Page) -> bool {
        let behind = if page.is_full() {
            self.log.bounds().last.saturating_sub(self.cursor)
        } else {
            page.len() as u64
        };
        self.slow.is_too_slow(behind, &self.sessions)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.log.dismiss(self.reader);
    }
}
