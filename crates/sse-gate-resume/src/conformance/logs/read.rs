//! Laws of reading.

use super::operations::{append, create, create_with, id, read, read_all};
use super::{LogBackend, ROOM};
use crate::LogLimits;

/// A read begins with the event behind its number, or with the first that is there. Behind the last one,
/// there is none. A log that never was can't be read.
pub fn a_read_begins_behind_its_number<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let log = create(&store, "whole").await;
        for _ in 0..5 {
            append(&store, &log, "hello").await;
        }
        for after in 0..5 {
            let part = read(&store, &log, after, 1_000).await;
            let part = part.expect("a log can't be read");
            assert_eq!(
                (part.first, part.events.len() as u64),
                (after + 1, 5 - after),
                "a read behind {after} gave other events"
            );
        }
        for after in [5, 6, 1_000, u64::MAX] {
            let part = read(&store, &log, after, 1_000).await;
            let part = part.expect("a log can't be read");
            assert!(part.events.is_empty(), "there are events behind {after}");
            assert_eq!((part.bounds.first, part.bounds.last), (1, 5));
        }
        let limits = LogLimits::default().with_max_events(2);
        let trimmed = create_with(&store, "trimmed", limits).await;
        for _ in 0..5 {
            append(&store, &trimmed, "hello").await;
        }
        let numbers = read_all(&store, &trimmed, 1).await.into_iter();
        let numbers: Vec<_> = numbers.map(|(seq, _)| seq).collect();
        assert_eq!(numbers, [4, 5], "the first event that is there is 4");
        let unknown = read(&store, &id("unknown"), 0, 1_000).await;
        assert!(unknown.is_none(), "a log was read that never was");
    });
}

/// A read gives about as many bytes as were asked for, and at least one event. No event is left out.
pub fn a_read_is_bounded_and_gives_at_least_one_event<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let log = create(&store, "chat").await;
        let event = "x".repeat(100);
        for _ in 0..50 {
            append(&store, &log, &event).await;
        }
        for max_bytes in [0, 1, 250, 1_000] {
            let mut after = 0;
            while after < 50 {
                let part = read(&store, &log, after, max_bytes).await;
                let part = part.expect("a log can't be read");
                let count = part.events.len();
                assert!(
                    count > 0,
                    "a read of {max_bytes} bytes behind {after} gave no event"
                );
                assert!(
                    count * 100 <= max_bytes * 2 + 200,
                    "a read of {max_bytes} bytes gave {count} events of 100"
                );
                assert_eq!(part.first, after + 1, "an event was left out");
                after += count as u64;
            }
        }
    });
}
