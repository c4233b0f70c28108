//! How a subscription writes what it finds in its log.

use bytes::BytesMut;

use super::{Stage, Subscription, SubscriptionEnd, Written};
use crate::frames;
use crate::log::{LogEnd, Page, Read};
use crate::node::CutReason;
use crate::observer::SessionSignal;
use crate::session::Delivered;

impl Subscription {
    pub(super) fn write(&mut self, read: Read, page: Page, buffer: &mut BytesMut) -> Written {
        match read {
            Read::Events => {
                // It gets the first page in any case, or a slow client would make no progress.
                if self.is_too_slow(&page) && self.stage == Stage::Opened {
                    self.stage = Stage::Over(SubscriptionEnd::TooSlow);
                    return Written::Last;
                }
                self.open(None, buffer);
                // Bytes that fill their room are handed on as they are.
                let lines = page.numbers().map(|seq| self.prefix.line_len(seq));
                buffer.reserve(page.bytes() + lines.sum::<usize>());
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
            Read::Unavailable => {
                // The client comes back with an id of this connection.
                self.open(None, buffer);
                self.stage = Stage::Over(SubscriptionEnd::LogUnavailable);
                Written::Last
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
    pub(super) fn open(&mut self, gap: Option<(u64, u64)>, buffer: &mut BytesMut) {
        if self.stage == Stage::Opening {
            let retry = self.lease.binding().policy.retry();
            let retry = retry.saturating_add(self.lease.jitter(retry));
            self.lease.fence().deliver(Delivered::Sent);
            frames::open(retry, &self.prefix, self.cursor, gap, buffer);
            self.stage = Stage::Opened;
        }
    }

    /// Writes that events are missing, and goes on behind them.
    fn gap(&mut self, from: u64, to: u64, go_on: u64, buffer: &mut BytesMut) {
        self.open(Some((from, to)), buffer);
        let signal = SessionSignal::Gap {
            events: to - from + 1,
            log_lost_writes: go_on < self.cursor,
        };
        self.cursor = go_on;
        frames::gap(&self.prefix, self.cursor, (from, to), buffer);
        self.lease.sessions().observe(signal, &self.lease);
    }

    /// Whether it may end for a reason of the server's. If it was cut, it ends for that reason.
    pub(super) fn may_end(&mut self, buffer: &mut BytesMut) -> bool {
        if self.end().is_some() {
            return false;
        }
        let cut_reason = self.lease.fence().cut_reason();
        if let Some(why) = cut_reason {
            self.cut_off(why, buffer);
        } else if !self.lease.sessions().hears() {
            // It may have been replaced on another node. Then nothing more is emitted.
            self.cut_off(CutReason::Replaced, buffer);
            return false;
        }
        cut_reason.is_none()
    }

    pub(super) fn cut_off(&mut self, why: CutReason, buffer: &mut BytesMut) {
        self.stage = Stage::Over(match why {
            CutReason::Replaced => SubscriptionEnd::Replaced,
            CutReason::WriterGone => SubscriptionEnd::WriterGone,
            CutReason::Closed(reason) => {
                // The first block is always the same, whatever comes last.
                self.open(None, buffer);
                frames::close(reason, buffer);
                SubscriptionEnd::Closed(reason)
            }
        });
    }

    /// Whether the client has been too far behind for too long. If all events fit into the page, the
    /// page says how far it is behind.
    fn is_too_slow(&mut self, page: &Page) -> bool {
        let behind = if page.is_full() {
            self.reader.bounds().last.saturating_sub(self.cursor)
        } else {
            page.len() as u64
        };
        self.slow.is_too_slow(behind, self.lease.sessions())
    }
}
