//! Laws of the limits of a log. I8, I10

use std::time::Duration;

use super::operations::{append, bounds, create_with, read_all, try_append};
use super::{LogBackend, ROOM};
use crate::LogLimits;
use crate::log::AppendErrorKind;

/// The oldest events make room for new ones, and the bounds say which are left.
pub fn too_many_events_make_the_oldest_go<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let limits = LogLimits::default().with_max_events(3);
        let log = create_with(&store, "chat", limits).await;
        for n in 1..=10_u64 {
            assert_eq!(append(&store, &log, &format!("event {n}")).await, n);
            let first = n.saturating_sub(2).max(1);
            let now = bounds(&store, &log).await;
            assert_eq!(
                (now.first, now.last),
                (first, n),
                "a log of 3 events says that it has others"
            );
            let expected = (first..=n).map(|n| (n, format!("event {n}").into()));
            let expected: Vec<_> = expected.collect();
            assert_eq!(read_all(&store, &log, 0).await, expected);
        }
    });
}

/// A log has at most as many bytes as it may have.
pub fn too_many_bytes_make_the_oldest_go<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let limits = LogLimits::default().with_max_bytes(100);
        let log = create_with(&store, "chat", limits).await;
        for len in [30, 30, 40, 1, 100, 60, 60] {
            append(&store, &log, &"x".repeat(len)).await;
            let events = read_all(&store, &log, 0).await;
            let bytes: usize = events.iter().map(|(_, event)| event.len()).sum();
            assert!(bytes <= 100, "a log of 100 bytes holds {bytes}");
            let first = bounds(&store, &log).await.first;
            assert_eq!(events[0].0, first, "the bounds do not say which are left");
        }
        let expected = "x".repeat(60);
        assert_eq!(
            read_all(&store, &log, 0).await,
            [(7, expected.into())],
            "an event is gone for which there was room, or is there for which there was none"
        );
    });
}

/// An event that is larger than the log may be is refused, and changes nothing. One as large is not.
pub fn an_event_larger_than_the_log_is_refused<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let limits = LogLimits::default().with_max_bytes(100);
        let log = create_with(&store, "chat", limits).await;
        append(&store, &log, "one").await;
        let refused = try_append(&store, &log, &"x".repeat(101)).await;
        assert_eq!(
            refused,
            Err(AppendErrorKind::TooLarge),
            "an event that is too large was not refused as such"
        );
        assert_eq!(read_all(&store, &log, 0).await, [(1, "one".into())]);
        assert_eq!(append(&store, &log, &"x".repeat(100)).await, 2);
    });
}

/// An event that is older than the log's age is gone, and the log and its numbers are not.
pub fn events_go_when_they_are_too_old<B: LogBackend>(backend: &B) {
    let unit = backend.precision() * 20;
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let limits = LogLimits::default().with_max_age(unit * 2);
        let log = create_with(&store, "chat", limits).await;
        append(&store, &log, "one").await;
        backend.advance(unit).await;
        append(&store, &log, "two").await;
        let count = |events: Vec<_>| events.len();
        assert_eq!(
            count(read_all(&store, &log, 0).await),
            2,
            "an event is gone before its time"
        );
        backend.advance(unit).await;
        assert_eq!(
            read_all(&store, &log, 0).await,
            [(2, "two".into())],
            "at its age an event is not gone, or another one is"
        );
        assert_eq!(bounds(&store, &log).await.first, 2);
        backend.advance(unit + Duration::from_millis(1)).await;
        let empty = bounds(&store, &log).await;
        assert_eq!(
            (empty.first, empty.last),
            (3, 2),
            "all events are too old, and the bounds say otherwise"
        );
        assert_eq!(
            append(&store, &log, "three").await,
            3,
            "a number was given twice"
        );
    });
}
