//! One log of a store in memory: [`KeptLog`].

use std::collections::VecDeque;

use bytes::Bytes;
use sse_gate_core::SteadyTime;

use crate::log::{AppendErrorKind, Bounds, LogEnd, LogEpoch, LogLimits};
use crate::session::NodeId;
use crate::store::{NewLog, StoredEvents, StoredLog};

/// A log, its events, and the node that writes it.
#[derive(Debug)]
pub(super) struct KeptLog {
    pub(super) epoch: LogEpoch,
    limits: LogLimits,
    events: VecDeque<(SteadyTime, Bytes)>,
    bytes: usize,
    last: u64,
    end: Option<LogEnd>,
    writer: Writer,
    used_at: SteadyTime,
}

/// Who writes a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    /// Any node may.
    Any,
    /// One writer on this node.
    Node(NodeId),
    /// The one writer is gone with its node.
    Gone,
}

impl KeptLog {
    pub(super) fn new(new: &NewLog, node: NodeId, now: SteadyTime) -> Self {
        Self {
            epoch: new.id.epoch,
            limits: new.limits,
            events: VecDeque::new(),
            bytes: 0,
            last: 0,
            end: None,
            writer: if new.has_one_writer {
                Writer::Node(node)
            } else {
                Writer::Any
            },
            used_at: now,
        }
    }

    pub(super) fn stored(&mut self, now: SteadyTime) -> StoredLog {
        self.trim(now);
        StoredLog {
            epoch: self.epoch,
            bounds: self.bounds(),
            is_orphaned: self.is_orphaned(),
        }
    }

    pub(super) fn append(&mut self, event: Bytes, now: SteadyTime) -> Result<u64, AppendErrorKind> {
        if self.end.is_some() {
            return Err(AppendErrorKind::Ended);
        }
        if event.len() > self.limits.max_bytes() {
            return Err(AppendErrorKind::TooLarge);
        }
        self.trim(now);
        while self.events.len() >= self.limits.max_events()
            || self.bytes + event.len() > self.limits.max_bytes()
        {
            self.drop_oldest();
        }
        self.bytes += event.len();
        self.events.push_back((now, event));
        self.last += 1;
        self.used_at = now;
        Ok(self.last)
    }

    pub(super) fn read(&mut self, after: u64, max_bytes: usize, now: SteadyTime) -> StoredEvents {
        self.trim(now);
        let bounds = self.bounds();
        let first = bounds.first.max(after.saturating_add(1));
        let skipped = usize::try_from(first - bounds.first).unwrap_or(usize::MAX);
        let (mut events, mut bytes) = (Vec::new(), 0_usize);
        for (_, event) in self.events.iter().skip(skipped) {
            bytes += event.len();
            if bytes > max_bytes && !events.is_empty() {
                break;
            }
            events.push(event.clone());
        }
        StoredEvents {
            bounds,
            first,
            events,
        }
    }

    /// Ends it for a node. The first end stays. Returns false if another node writes it: then it goes on.
    pub(super) fn end(&mut self, node: NodeId, how: LogEnd, now: SteadyTime) -> bool {
        let is_others = matches!(self.writer, Writer::Node(writer) if writer != node);
        if !is_others {
            self.end.get_or_insert(how);
            self.used_at = now;
        }
        !is_others
    }

    /// Makes a node its writer, if it is orphaned. Returns whether it was.
    pub(super) fn claim(&mut self, node: NodeId) -> bool {
        let is_orphaned = self.is_orphaned();
        if is_orphaned {
            self.writer = Writer::Node(node);
        }
        is_orphaned
    }

    /// A node is gone, and so is its writer if it was there.
    pub(super) fn lose(&mut self, node: NodeId) {
        if self.writer == Writer::Node(node) {
            self.writer = Writer::Gone;
        }
    }

    /// Whether it makes room for others: no more is written, and its events are too old.
    pub(super) fn is_spent(&self, now: SteadyTime) -> bool {
        let is_written = self.end.is_none() && self.writer != Writer::Gone;
        let age = self.limits.max_age();
        !is_written && self.used_at.saturating_add(age).has_passed(now)
    }

    fn is_orphaned(&self) -> bool {
        self.writer == Writer::Gone && self.end.is_none()
    }

    pub(super) fn bounds(&self) -> Bounds {
        Bounds {
            first: self.last - self.events.len() as u64 + 1,
            last: self.last,
            end: self.end,
        }
    }

    fn trim(&mut self, now: SteadyTime) {
        let age = self.limits.max_age();
        let is_old = |(at, _): &(SteadyTime, Bytes)| at.saturating_add(age).has_passed(now);
        while self.events.front().is_some_and(is_old) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some((_, event)) = self.events.pop_front() {
            self.bytes -= event.len();
        }
    }
}
