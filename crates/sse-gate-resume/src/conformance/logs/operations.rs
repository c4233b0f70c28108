//! The operations of a store, as the checks use them: a store that can't be asked fails the check.

use bytes::Bytes;
use sse_gate_core::{Entropy, SystemEntropy};

use crate::LogLimits;
use crate::log::{AppendErrorKind, Bounds, LogEnd, LogEpoch, LogErrorKind, LogName};
use crate::store::{LogId, LogStore, NewLog, StoredEvents, StoredLog};

const ASKED: &str = "a store under test can be asked";

/// Which log of a name it is: one that never was.
pub(super) fn id(name: &str) -> LogId {
    let mut bytes = [0; 32];
    let filled = SystemEntropy.fill(&mut bytes);
    filled.expect("a test machine has randomness");
    LogId {
        name: LogName::new(name).expect("the checks use short names"),
        epoch: LogEpoch::from_bytes(std::array::from_fn(|at| bytes[at])),
    }
}

/// A log of this name with the default limits, which several writers write.
pub(super) async fn create<S: LogStore>(store: &S, name: &str) -> LogId {
    create_with(store, name, LogLimits::default()).await
}

pub(super) async fn create_with<S: LogStore>(store: &S, name: &str, limits: LogLimits) -> LogId {
    let id = id(name);
    create_new(store, NewLog::new(id.clone(), limits, None)).await;
    id
}

pub(super) async fn create_new<S: LogStore>(store: &S, log: NewLog) {
    if let Err(kind) = try_create(store, log).await {
        panic!("a new log was refused: {kind:?}");
    }
}

pub(super) async fn try_create<S: LogStore>(store: &S, log: NewLog) -> Result<(), LogErrorKind> {
    let created = store.create(log).await;
    created.map_err(|error| error.kind())
}

pub(super) async fn open<S: LogStore>(store: &S, log: &LogId) -> Option<StoredLog> {
    store.open(log.name.clone()).await.expect(ASKED)
}

/// The bounds of a log that is there.
pub(super) async fn bounds<S: LogStore>(store: &S, log: &LogId) -> Bounds {
    let found = open(store, log).await;
    let found = found.expect("a log is gone that should be there");
    assert_eq!(found.epoch, log.epoch, "another log has the name");
    found.bounds
}

pub(super) async fn claim<S: LogStore>(store: &S, log: &LogId) -> bool {
    store.claim(log.clone()).await.expect(ASKED)
}

/// Appends an event that the log takes.
pub(super) async fn append<S: LogStore>(store: &S, log: &LogId, event: &str) -> u64 {
    match try_append(store, log, event).await {
        Ok(seq) => seq,
        Err(kind) => panic!("an event was refused: {kind:?}"),
    }
}

pub(super) async fn try_append<S: LogStore>(
    store: &S,
    log: &LogId,
    event: &str,
) -> Result<u64, AppendErrorKind> {
    let event = Bytes::copy_from_slice(event.as_bytes());
    let appended = store.append(log.clone(), event).await;
    appended.map_err(|error| error.kind())
}

pub(super) async fn read<S: LogStore>(
    store: &S,
    log: &LogId,
    after: u64,
    max_bytes: usize,
) -> Option<StoredEvents> {
    store
        .read(log.clone(), after, max_bytes)
        .await
        .expect(ASKED)
}

/// All events behind `after` with their numbers, read a few at a time.
pub(super) async fn read_all<S: LogStore>(
    store: &S,
    log: &LogId,
    mut after: u64,
) -> Vec<(u64, Bytes)> {
    let mut all = Vec::new();
    loop {
        let part = read(store, log, after, 200).await;
        let part = part.expect("a log is gone that should be there");
        if part.events.is_empty() {
            assert!(
                after >= part.bounds.last || part.bounds.first > part.bounds.last,
                "a read behind {after} gave no event, and the last is {}",
                part.bounds.last
            );
            return all;
        }
        assert!(
            part.first > after,
            "a read behind {after} gave {}",
            part.first
        );
        after = part.first - 1;
        for event in part.events {
            after += 1;
            all.push((after, event));
        }
    }
}

pub(super) async fn end<S: LogStore>(store: &S, log: &LogId, how: LogEnd) {
    store.end(log.clone(), how).await.expect(ASKED);
}

pub(super) async fn remove<S: LogStore>(store: &S, log: &LogId) {
    store.remove(log.clone()).await.expect(ASKED);
}

pub(super) async fn release<S: LogStore>(store: &S, log: &LogId) {
    store.release(log.clone()).await.expect(ASKED);
}
