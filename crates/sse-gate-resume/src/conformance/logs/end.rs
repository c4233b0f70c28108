//! Laws of logs that end, and of logs that are removed.

use std::thread;

use super::operations::{
    append, bounds, claim, create, end, open, read, read_all, release, remove, try_append,
};
use super::{LogBackend, ROOM};
use crate::conformance::check::race;
use crate::log::{AppendErrorKind, LogEnd};
use crate::store::{LogId, LogStore};

/// After its end, nothing is appended to a log, and it is still read. The first end stays.
pub fn an_end_is_final<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        for (name, how, later) in [
            ("one", LogEnd::Complete, LogEnd::Failed),
            ("two", LogEnd::Failed, LogEnd::Complete),
        ] {
            let log = create(&store, name).await;
            append(&store, &log, "hello").await;
            for how_again in [how, how, later] {
                end(&store, &log, how_again).await;
                let bounds = bounds(&store, &log).await;
                assert_eq!(
                    (bounds.last, bounds.end),
                    (1, Some(how)),
                    "a log that was ended first as {how:?} has another end"
                );
                let refused = try_append(&store, &log, "late").await;
                assert_eq!(
                    refused,
                    Err(AppendErrorKind::Ended),
                    "an event was appended after the end, or refused for another reason"
                );
                let part = read(&store, &log, 0, 100).await;
                let part = part.expect("a log that has ended can't be read");
                assert_eq!((part.bounds.end, part.events.len()), (Some(how), 1));
            }
        }
    });
}

/// An append that races the end is refused, or its event is before the end. So what a reader sees as the
/// last event is the last. I17
pub fn an_append_that_races_an_end_is_read_or_refused<B: LogBackend>(backend: &B) {
    const ROUNDS: usize = 50;
    const WRITERS: usize = 4;
    let store = backend.block_on(backend.store(ROOM));
    for round in 0..ROUNDS {
        let log = backend.block_on(create(&store, &format!("chat {round}")));
        let appended = race(WRITERS + 1, |racer| {
            // Each round, another thread ends the log, and a little later.
            if racer == round % (WRITERS + 1) {
                (0..round).for_each(|_| thread::yield_now());
                backend.block_on(end(&store, &log, LogEnd::Complete));
                return Err(backend.block_on(bounds(&store, &log)).last);
            }
            let append = || match backend.block_on(try_append(&store, &log, "hello")) {
                Ok(seq) => Some(seq),
                Err(AppendErrorKind::Ended) => None,
                Err(kind) => panic!("an event was refused: {kind:?}"),
            };
            Ok((0..4).filter_map(|_| append()).collect::<Vec<_>>())
        });
        let last = appended.iter().find_map(|racer| racer.as_ref().err());
        let last = *last.expect("one thread ends the log");
        let numbers = appended.iter().flatten().flatten();
        assert_eq!(
            (numbers.clone().count() as u64, numbers.max().copied()),
            (last, (last > 0).then_some(last)),
            "in round {round}, the log ended behind event {last}, and other events were acknowledged"
        );
        let read = backend.block_on(read_all(&store, &log, 0));
        assert_eq!(read.len() as u64, last);
    }
}

/// After it was removed, a log is not found or read, and nothing is appended to it.
pub fn a_removed_log_is_gone<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let (log, other) = (create(&store, "chat").await, create(&store, "other").await);
        append(&store, &log, "hello").await;
        append(&store, &other, "hello").await;
        for _ in 0..2 {
            remove(&store, &log).await;
            assert!(open(&store, &log).await.is_none(), "a removed log is found");
            is_unreachable(&store, &log).await;
        }
        assert!(open(&store, &log).await.is_none(), "a removed log is back");
        assert_eq!(bounds(&store, &other).await.last, 1);
    });
}

/// A process that lets a log go can use it again, and so can others: its young events are there.
pub fn a_released_log_keeps_its_events<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let log = create(&store, "chat").await;
        append(&store, &log, "one").await;
        for other in ["first", "second"] {
            release(&store, &log).await;
            // A store may tidy up when a log is made.
            create(&store, other).await;
        }
        assert_eq!(bounds(&store, &log).await.last, 1, "events are gone");
        append(&store, &log, "two").await;
        let events = [(1, "one".into()), (2, "two".into())];
        assert_eq!(read_all(&store, &log, 0).await, events);
        // A node may release a log that another one has removed.
        remove(&store, &log).await;
        release(&store, &log).await;
        assert!(open(&store, &log).await.is_none(), "a log is back");
    });
}

/// A log of a name that another one had is empty. Who knows the old one reaches nothing of the new one.
pub fn another_log_of_the_name_is_another<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let old = create(&store, "chat").await;
        append(&store, &old, "old").await;
        end(&store, &old, LogEnd::Failed).await;
        remove(&store, &old).await;
        let new = create(&store, "chat").await;
        assert_eq!(bounds(&store, &new).await.last, 0, "a new log is not empty");
        assert_eq!(append(&store, &new, "new").await, 1);
        is_unreachable(&store, &old).await;
        remove(&store, &old).await;
        let bounds = bounds(&store, &new).await;
        assert_eq!(
            (bounds.last, bounds.end),
            (1, None),
            "what was done with the old log has changed the new one"
        );
        assert_eq!(read_all(&store, &new, 0).await, [(1, "new".into())]);
    });
}

/// Nothing can be done with this log: it is gone.
async fn is_unreachable<S: LogStore>(store: &S, log: &LogId) {
    let refused = try_append(store, log, "late").await;
    assert_eq!(
        refused,
        Err(AppendErrorKind::Closed),
        "an event was appended to a log that is gone, or refused for another reason"
    );
    let events = read(store, log, 0, 100).await;
    assert!(events.is_none(), "a log that is gone was read");
    assert!(!claim(store, log).await, "a log that is gone was claimed");
    end(store, log, LogEnd::Complete).await;
}
