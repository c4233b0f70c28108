//! A session's record as versioned bytes.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | version, 1 |
//! | 1 | 1 | flags: 1 attached, 2 confirmed, 4 there is a predecessor, 8 its window was prolonged, 16 owns its log |
//! | 2 | 1 | why it was closed, 0 if it is open |
//! | 3 | 1 | how its log ended: 0 it has not, 1 complete, 2 failed |
//! | 4 | 56 | generation, idle until, predecessor, end of its window, start of the span of takeovers, last event of its log, node |
//! | 60 | 8 | 4 bytes each: retries, takeovers |
//! | 68 | 32 | salt |
//! | 100 | 48 | epoch of its log, base, start, epoch of arrival, arrival, end |
//! | 148 | 24 | retry, idle and span of takeovers, in milliseconds |
//! | 172 | 8 | 4 bytes each: how many retries and takeovers there may be |
//! | 180 | 8 | 4 bytes each: length of the grant, length of the log's name |
//! | 188 | | the grant as an [`Entry`], and the log's name in UTF-8 |
//!
//! Numbers are big-endian, and moments are milliseconds of the store's time.

use std::sync::Arc;
use std::time::Duration;

use sse_gate_core::{Entry, Grant, SteadyTime};

use super::grace::Grace;
use super::takeovers::Takeovers;
use super::{Binding, CloseReason, NodeId, Record, ResumePolicy, SessionEpoch};
use crate::log::{LogEnd, LogEpoch, LogName};

const VERSION: u8 = 1;
const ATTACHED: u8 = 1;
const CONFIRMED: u8 = 2;
const HAS_PREDECESSOR: u8 = 4;
const EXTENDED: u8 = 8;
const OWNS_LOG: u8 = 16;

/// The stored bytes are no record of a session, or have a version that this code does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stored session has a bad {0}")]
pub struct CorruptRecord(&'static str);

impl Record {
    /// The record as bytes, for a store outside of this process.
    ///
    /// They name a subject and hold half of what forges an id, so a store seals them at rest. The
    /// other half is in the [`ResumeKeys`](crate::ResumeKeys).
    pub fn to_bytes(&self) -> Vec<u8> {
        let binding = &*self.binding;
        let policy = &binding.policy;
        let grant = binding.grant.to_entry(binding.token);
        let (grant, name) = (grant.as_bytes(), binding.log_name.as_str().as_bytes());
        let (log_last, log_end) = self
            .log_end
            .map_or((0, 0), |(last, end)| (last, end_code(end)));
        let mut bytes = Vec::with_capacity(188 + grant.len() + name.len());
        let closed = self.closed.map_or(0, close_code);
        bytes.extend_from_slice(&[VERSION, self.flags(), closed, log_end]);
        for number in [
            self.generation,
            self.idle_until.as_millis(),
            self.grace.predecessor.unwrap_or_default(),
            self.grace.until.as_millis(),
            self.takeovers.since.as_millis(),
            log_last,
            u64::from_be_bytes(self.node.to_bytes()),
        ] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        for number in [self.grace.retries, self.takeovers.count] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(&binding.salt);
        bytes.extend_from_slice(&binding.log_epoch.to_bytes());
        for number in [
            binding.base,
            binding.start_after,
            binding.arrival_epoch.as_u64(),
            binding.arrived_at.as_millis(),
            binding.ends_at.as_millis(),
            millis(policy.retry()),
            millis(policy.idle()),
            millis(policy.takeover_span()),
        ] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        for number in [policy.retries(), policy.takeovers()] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        for part in [grant, name] {
            bytes.extend_from_slice(&len_u32(part).to_be_bytes());
        }
        bytes.extend_from_slice(grant);
        bytes.extend_from_slice(name);
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) made.
    ///
    /// # Errors
    ///
    /// The bytes are damaged, or of a version that this code does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CorruptRecord> {
        let mut reader = Reader(bytes);
        let [version, flags, closed, log_end] = reader.array()?;
        if version != VERSION {
            return Err(CorruptRecord("version"));
        }
        let has = |flag| flags & flag != 0;
        let (generation, idle_until) = (reader.number()?, reader.moment()?);
        let (predecessor, until, since) = (reader.number()?, reader.moment()?, reader.moment()?);
        let log_last = reader.number()?;
        let node = NodeId::from_bytes(reader.array()?);
        let (retries, count) = (reader.short()?, reader.short()?);
        Ok(Self {
            closed: read_closed(closed)?,
            generation,
            idle_until,
            grace: Grace {
                predecessor: has(HAS_PREDECESSOR).then_some(predecessor),
                until,
                is_extended: has(EXTENDED),
                retries,
            },
            is_attached: has(ATTACHED),
            is_confirmed: has(CONFIRMED),
            takeovers: Takeovers { since, count },
            node,
            log_end: read_log_end(log_end)?.map(|end| (log_last, end)),
            binding: Arc::new(reader.binding(has(OWNS_LOG))?),
        })
    }

    fn flags(&self) -> u8 {
        let flags = [
            (ATTACHED, self.is_attached),
            (CONFIRMED, self.is_confirmed),
            (HAS_PREDECESSOR, self.grace.predecessor.is_some()),
            (EXTENDED, self.grace.is_extended),
            (OWNS_LOG, self.binding.owns_log),
        ];
        let set = flags.iter().filter(|(_, is_set)| *is_set);
        set.fold(0, |all, (flag, _)| all | flag)
    }
}

/// What is still to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], CorruptRecord> {
        let split = self.0.split_at_checked(len);
        let (taken, rest) = split.ok_or(CorruptRecord("length"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CorruptRecord> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| CorruptRecord("length"))
    }

    fn number(&mut self) -> Result<u64, CorruptRecord> {
        self.array().map(u64::from_be_bytes)
    }

    fn short(&mut self) -> Result<u32, CorruptRecord> {
        self.array().map(u32::from_be_bytes)
    }

    fn moment(&mut self) -> Result<SteadyTime, CorruptRecord> {
        self.number().map(SteadyTime::from_millis)
    }

    fn span(&mut self) -> Result<Duration, CorruptRecord> {
        self.number().map(Duration::from_millis)
    }

    fn binding(&mut self, owns_log: bool) -> Result<Binding, CorruptRecord> {
        let salt = self.array()?;
        let log_epoch = LogEpoch::from_bytes(self.array()?);
        let (base, start_after) = (self.number()?, self.number()?);
        let arrival_epoch = SessionEpoch::from_u64(self.number()?);
        let (arrived_at, ends_at) = (self.moment()?, self.moment()?);
        let (retry, idle, takeover_span) = (self.span()?, self.span()?, self.span()?);
        let (retries, takeovers) = (self.short()?, self.short()?);
        let lens = [self.short()?, self.short()?];
        let [grant, name] = lens.map(|len| usize::try_from(len).unwrap_or(usize::MAX));
        let (grant, name) = (self.take(grant)?, self.take(name)?);
        let entry = Entry::from_bytes(grant).map_err(|_| CorruptRecord("grant"))?;
        let name = std::str::from_utf8(name).map_err(|_| CorruptRecord("log name"))?;
        if !self.0.is_empty() {
            return Err(CorruptRecord("length"));
        }
        Ok(Binding {
            token: entry.key(),
            grant: Grant::from_entry(&entry).map_err(|_| CorruptRecord("grant"))?,
            salt,
            log_name: LogName::new(name).map_err(|_| CorruptRecord("log name"))?,
            log_epoch,
            owns_log,
            base,
            start_after,
            arrival_epoch,
            arrived_at,
            ends_at,
            policy: ResumePolicy::default()
                .with_retry(retry)
                .with_retries(retries)
                .with_idle(idle)
                .with_takeovers(takeovers, takeover_span),
        })
    }
}

/// The codes of the reasons to close a session, from 1 on.
const CLOSE_REASONS: [CloseReason; 6] = [
    CloseReason::Deadline,
    CloseReason::Idle,
    CloseReason::Revoked,
    CloseReason::Reuse,
    CloseReason::Rollback,
    CloseReason::Displaced,
];

pub(crate) fn close_code(reason: CloseReason) -> u8 {
    match reason {
        CloseReason::Deadline => 1,
        CloseReason::Idle => 2,
        CloseReason::Revoked => 3,
        CloseReason::Reuse => 4,
        CloseReason::Rollback => 5,
        CloseReason::Displaced => 6,
    }
}

pub(crate) fn read_closed(code: u8) -> Result<Option<CloseReason>, CorruptRecord> {
    match usize::from(code).checked_sub(1) {
        None => Ok(None),
        Some(at) => match CLOSE_REASONS.get(at) {
            Some(reason) => Ok(Some(*reason)),
            None => Err(CorruptRecord("reason")),
        },
    }
}

pub(crate) fn end_code(end: LogEnd) -> u8 {
    match end {
        LogEnd::Complete => 1,
        LogEnd::Failed => 2,
    }
}

pub(crate) fn read_log_end(code: u8) -> Result<Option<LogEnd>, CorruptRecord> {
    match code {
        0 => Ok(None),
        1 => Ok(Some(LogEnd::Complete)),
        2 => Ok(Some(LogEnd::Failed)),
        _ => Err(CorruptRecord("end of its log")),
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// The length of a part: a gate bounds payloads far below 4 GiB.
fn len_u32(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}
