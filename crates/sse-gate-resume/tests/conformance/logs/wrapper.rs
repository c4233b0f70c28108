//! A store around the one in memory, which keeps all laws unless it has a [`Flaw`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::{
    Bounds, Bus, LogEnd, LogId, LogName, LogStore, LogWindows, MemoryBus, MemoryLogStore, NewLog,
    NodeId, Notice, StoredEvents, StoredLog,
};
use sse_gate_resume::error::{AppendError, AppendErrorKind, LogError, LogErrorKind};

use super::flaw::Flaw;
use crate::broken::dawdle;

/// More nodes than a law has.
const NODES: u8 = 9;

/// One node's handle of the store.
#[derive(Debug)]
pub(crate) struct Wrapper {
    flaw: Flaw,
    inner: MemoryLogStore,
    /// How logs were ended last.
    ends: Arc<Mutex<HashMap<LogId, LogEnd>>>,
    /// What logs that were removed had.
    removed: Arc<Mutex<HashMap<LogId, StoredEvents>>>,
    bus: MemoryBus,
}

impl Wrapper {
    pub(super) fn new(flaw: Flaw, inner: MemoryLogStore, bus: &MemoryBus) -> Self {
        Self {
            flaw,
            inner: match flaw {
                Flaw::AnnouncesNothing | Flaw::AnnouncesNoEnd | Flaw::AnnouncesEarly => inner,
                _ => inner.with_bus(bus),
            },
            bus: bus.clone(),
            ends: Arc::default(),
            removed: Arc::default(),
        }
    }

    pub(super) fn inner(&self) -> &MemoryLogStore {
        &self.inner
    }

    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    /// The log that is meant.
    async fn meant(&self, log: LogId) -> LogId {
        if !self.is(Flaw::ComparesNoEpochs) {
            return log;
        }
        match self.inner.open(log.name.clone()).await {
            Ok(Some(found)) => LogId {
                epoch: found.epoch,
                ..log
            },
            _ => log,
        }
    }

    fn limits(&self, limits: LogLimits) -> LogLimits {
        match self.flaw {
            Flaw::KeepsTooMany => limits.with_max_events(limits.max_events() + 1),
            Flaw::WeighsNothing => limits.with_max_bytes(usize::MAX),
            Flaw::NeverTrims => limits.with_max_age(Duration::MAX),
            _ => limits,
        }
    }

    /// The log's end, as the flaw has it.
    fn spoil(&self, log: &LogId, bounds: &mut Bounds) {
        if self.is(Flaw::EndsAgain) && bounds.end.is_some() {
            bounds.end = self.ends.lock().unwrap().get(log).copied();
        }
    }

    /// Announces so many more events than the log has, or an end.
    async fn announce(&self, of: &LogId, more: u64, end: Option<LogEnd>) {
        let found = self.inner.open(of.name.clone()).await.unwrap();
        let last = found.map_or(0, |found| found.bounds.last) + more;
        let log = of.epoch;
        let told = self.bus.publish(Notice::Appended { log, last, end });
        told.await.unwrap();
    }

    /// Frees whatever log has the name.
    async fn free(&self, name: &LogName) -> Result<(), LogError> {
        let Some(found) = self.inner.open(name.clone()).await? else {
            return Ok(());
        };
        let (name, epoch) = (name.clone(), found.epoch);
        self.inner.remove(LogId { name, epoch }).await
    }
}

impl LogStore for Wrapper {
    fn windows(&self) -> &LogWindows {
        self.inner.windows()
    }

    async fn create(&self, mut log: NewLog) -> Result<(), LogError> {
        log.limits = self.limits(log.limits);
        if self.is(Flaw::CutsNames) {
            let name: String = log.id.name.as_str().chars().take(100).collect();
            log.id.name = LogName::new(name).unwrap();
        }
        if self.is(Flaw::OrphansAll) {
            log.has_one_writer = true;
        }
        if self.is(Flaw::LooksThenCreates) {
            if self.inner.open(log.id.name.clone()).await?.is_some() {
                return Err(LogErrorKind::Exists.into());
            }
            dawdle();
        }
        if matches!(self.flaw, Flaw::Overwrites | Flaw::LooksThenCreates) {
            self.free(&log.id.name).await?;
        }
        self.inner.create(log).await
    }

    async fn open(&self, name: LogName) -> Result<Option<StoredLog>, LogError> {
        let mut found = self.inner.open(name.clone()).await?;
        if let Some(found) = &mut found {
            let epoch = found.epoch;
            self.spoil(&LogId { name, epoch }, &mut found.bounds);
        }
        Ok(found)
    }

    async fn claim(&self, log: LogId) -> Result<bool, LogError> {
        let log = self.meant(log).await;
        if !self.is(Flaw::LooksThenClaims) {
            return self.inner.claim(log).await;
        }
        let found = self.inner.open(log.name.clone()).await?;
        let is_orphaned = found.is_some_and(|it| it.epoch == log.epoch && it.is_orphaned);
        if is_orphaned {
            dawdle();
            self.inner.claim(log).await?;
        }
        Ok(is_orphaned)
    }

    async fn append(&self, log: LogId, event: Bytes) -> Result<u64, AppendError> {
        let log = self.meant(log).await;
        if self.is(Flaw::AnnouncesEarly) {
            self.announce(&log, 1, None).await;
            dawdle();
        }
        if self.is(Flaw::LooksThenAppends) {
            let found = self.inner.open(log.name.clone()).await.unwrap();
            let has_ended = found.is_some_and(|it| it.bounds.end.is_some());
            dawdle();
            return match self.inner.append(log, event).await {
                Err(error) if error.kind() == AppendErrorKind::Ended && !has_ended => Ok(1_000),
                appended => appended,
            };
        }
        let mut appended = self.inner.append(log.clone(), event.clone()).await;
        if self.is(Flaw::CountsThenAppends) && appended.is_ok() {
            dawdle();
            let found = self.inner.open(log.name).await.unwrap();
            return Ok(found.unwrap().bounds.last);
        }
        if self.is(Flaw::AnnouncesTheRefused) && appended.is_err() {
            self.announce(&log, 1, None).await;
        }
        if self.is(Flaw::AnnouncesNoEnd) && appended.is_ok() {
            self.announce(&log, 0, None).await;
        }
        if self.is(Flaw::CutsTheLarge) && appended.is_err() && event.len() > 100 {
            appended = self.inner.append(log, event.slice(..100)).await;
        }
        match appended {
            Ok(seq) if self.is(Flaw::NumbersFromZero) => Ok(seq - 1),
            appended => appended,
        }
    }

    async fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Option<StoredEvents>, LogError> {
        let log = self.meant(log).await;
        let mut read = self.inner.read(log.clone(), after, max_bytes).await?;
        if self.is(Flaw::BeginsAnew)
            && let Some(events) = &read
            && after > events.bounds.last
        {
            read = self.inner.read(log.clone(), 0, max_bytes).await?;
        }
        if read.is_none() {
            return Ok(self.removed.lock().unwrap().get(&log).cloned());
        }
        if let Some(events) = &mut read {
            self.spoil(&log, &mut events.bounds);
            if self.is(Flaw::MindsTheBound) && max_bytes < 100 {
                events.events.clear();
            }
            if self.is(Flaw::ReadsAsText) {
                for event in &mut events.events {
                    *event = Bytes::from(String::from_utf8_lossy(event).into_owned());
                }
            }
        }
        Ok(read)
    }

    async fn end(&self, log: LogId, how: LogEnd) -> Result<(), AppendError> {
        let log = self.meant(log).await;
        self.ends.lock().unwrap().insert(log.clone(), how);
        if self.is(Flaw::AnnouncesEarly) {
            self.announce(&log, 0, Some(how)).await;
            dawdle();
        }
        let mut ended = self.inner.end(log.clone(), how).await;
        if self.is(Flaw::EndsForOthers) {
            for number in 1..=NODES {
                let node = NodeId::from_bytes([number; 8]);
                let other = self.inner.clone().with_node(node);
                let _ = other.end(log.clone(), how).await;
            }
            ended = Ok(());
        }
        let found = self.inner.open(log.name.clone()).await.unwrap();
        if self.is(Flaw::AnnouncesNoEnd) && found.is_some() {
            self.announce(&log, 0, None).await;
        }
        ended
    }

    async fn remove(&self, log: LogId) -> Result<(), LogError> {
        let log = self.meant(log).await;
        if self.is(Flaw::KeepsTheRemoved)
            && let Some(events) = self.inner.read(log.clone(), 0, 1_000).await?
        {
            self.removed.lock().unwrap().insert(log.clone(), events);
        }
        self.inner.remove(log).await
    }
    async fn release(&self, log: LogId) -> Result<(), LogError> {
        if self.is(Flaw::ReleasesForGood) {
            return self.inner.remove(log).await;
        }
        self.inner.release(log).await
    }
}
