//! What a subscription writes of what it finds in its log: [`Writing`].

use std::mem;
use std::time::Duration;

use bytes::BytesMut;

use super::{SubscriptionEnd, Written};
use crate::frames;
use crate::id::IdPrefix;
use crate::log::{Events, LogEnd, Read};
use crate::node::{CutReason, Lease};
use crate::observer::SessionSignal;
use crate::session::Delivered;
use crate::slow::{Slow, SlowPolicy};

/// What the client of a connection was written, and what with.
#[derive(Debug)]
pub(super) struct Writing {
    prefix: IdPrefix,
    /// The last event that the client has when everything that was written has arrived.
    pub(super) cursor: u64,
    pub(super) slow: Slow,
    stage: Stage,
    /// Whether the client was just written its first id, and the fence does not know.
    has_just_opened: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The client has no id of this connection yet.
    Opening,
    /// An id of this connection was written.
    Opened,
    /// There is nothing more to write, for this reason.
    Over(SubscriptionEnd),
}

impl Writing {
    pub(super) fn new(prefix: IdPrefix, cursor: u64) -> Self {
        Self {
            prefix,
            cursor,
            slow: Slow::new(SlowPolicy::default()),
            stage: Stage::Opening,
            has_just_opened: false,
        }
    }

    /// Why there is nothing more to write, if so.
    pub(super) fn end(&self) -> Option<SubscriptionEnd> {
        match self.stage {
            Stage::Over(end) => Some(end),
            Stage::Opening | Stage::Opened => None,
        }
    }

    pub(super) fn is_opening(&self) -> bool {
        self.stage == Stage::Opening
    }

    /// Writes events. It is called while the fence is locked.
    pub(super) fn events(
        &mut self,
        lease: &Lease,
        events: Events<'_>,
        buffer: &mut BytesMut,
    ) -> Written {
        let is_too_slow = self.slow.is_too_slow(events.behind(), lease.sessions());
        // It gets the first page in any case, or a slow client would make no progress.
        if is_too_slow && self.stage == Stage::Opened {
            self.stage = Stage::Over(SubscriptionEnd::TooSlow);
            return Written::Last;
        }
        self.open(lease, None, buffer);
        // Bytes that fill their room are handed on as they are.
        let lines = events.numbers().map(|seq| self.prefix.line_len(seq));
        buffer.reserve(events.bytes() + lines.sum::<usize>());
        for (seq, event) in events.numbered() {
            self.prefix.line(seq, buffer);
            buffer.extend_from_slice(event);
            self.cursor = seq;
        }
        Written::More
    }

    /// Writes what there is instead of events.
    pub(super) fn read(&mut self, lease: &Lease, read: Read, buffer: &mut BytesMut) -> Written {
        match read {
            Read::Events => {}
            Read::Trimmed { first } => {
                self.gap(lease, (self.cursor + 1, first - 1), first - 1, buffer);
            }
            Read::Ahead { last } => self.gap(lease, (last + 1, self.cursor), last, buffer),
            Read::Unavailable => {
                // The client comes back with an id of this connection.
                self.open(lease, None, buffer);
                return self.over(SubscriptionEnd::LogUnavailable);
            }
            Read::Ended(end) => {
                self.open(lease, None, buffer);
                return match end {
                    LogEnd::Complete => {
                        frames::complete(buffer);
                        self.over(SubscriptionEnd::Complete)
                    }
                    LogEnd::Failed => {
                        self.cursor = self.cursor.saturating_add(1);
                        self.fail(buffer)
                    }
                };
            }
            Read::Told => {
                self.open(lease, None, buffer);
                return self.fail(buffer);
            }
        }
        Written::More
    }

    /// Tells the client that the log has failed.
    fn fail(&mut self, buffer: &mut BytesMut) -> Written {
        frames::failure(&self.prefix, self.cursor, buffer);
        self.over(SubscriptionEnd::Failed)
    }

    /// Gives the client its first id, unless it has one.
    pub(super) fn open(&mut self, lease: &Lease, gap: Option<(u64, u64)>, buffer: &mut BytesMut) {
        if self.stage == Stage::Opening {
            let retry = lease.binding().policy.retry();
            let retry = retry.saturating_add(lease.jitter(retry));
            frames::open(retry, &self.prefix, self.cursor, gap, buffer);
            self.stage = Stage::Opened;
            self.has_just_opened = true;
        }
    }

    /// Tells the fence that the client was written its first id, if it just was. Call it without the fence's lock.
    pub(super) fn note_opened(&mut self, lease: &Lease) {
        if mem::take(&mut self.has_just_opened) {
            lease.fence().deliver(Delivered::Sent);
        }
    }

    /// Writes that events are missing, and goes on behind them.
    fn gap(&mut self, lease: &Lease, (from, to): (u64, u64), go_on: u64, buffer: &mut BytesMut) {
        self.open(lease, Some((from, to)), buffer);
        let signal = SessionSignal::Gap {
            events: to - from + 1,
            log_lost_writes: go_on < self.cursor,
        };
        self.cursor = go_on;
        frames::gap(&self.prefix, self.cursor, (from, to), buffer);
        lease.sessions().observe(signal, lease);
    }

    /// Tells the client to come back, with an id of this connection, within `spread` more than usual.
    pub(super) fn shut_down(&mut self, lease: &Lease, spread: Duration, buffer: &mut BytesMut) {
        // The client may have no id of this connection yet.
        self.open(lease, None, buffer);
        let retry = lease.binding().policy.retry();
        frames::retry(retry.saturating_add(lease.jitter(spread)), buffer);
        self.over(SubscriptionEnd::ShutDown);
    }

    pub(super) fn cut_off(
        &mut self,
        lease: &Lease,
        why: CutReason,
        buffer: &mut BytesMut,
    ) -> Written {
        let end = match why {
            CutReason::Replaced => SubscriptionEnd::Replaced,
            CutReason::WriterGone => SubscriptionEnd::WriterGone,
            CutReason::Closed(reason) => {
                // The first block is always the same, whatever comes last.
                self.open(lease, None, buffer);
                frames::close(reason, buffer);
                SubscriptionEnd::Closed(reason)
            }
        };
        self.over(end)
    }

    fn over(&mut self, end: SubscriptionEnd) -> Written {
        self.stage = Stage::Over(end);
        Written::Last
    }
}
