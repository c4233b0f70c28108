//! Laws of appending.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::operations::{append, bounds, create, read_all};
use super::{LogBackend, ROOM};
use crate::conformance::check::race;
use crate::store::LogStore;

/// The first event of a log is 1, and each is one more than the one before. Logs count apart.
pub fn events_are_numbered_from_one_without_holes<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let (one, two) = (create(&store, "one").await, create(&store, "two").await);
        for n in 1..=20 {
            for log in [&one, &two] {
                let seq = append(&store, log, "hello").await;
                assert_eq!(seq, n, "event {n} of a log has another number");
                let bounds = bounds(&store, log).await;
                assert_eq!((bounds.first, bounds.last), (1, n));
            }
        }
    });
}

/// What was acknowledged is read back, in order and to the last byte.
pub fn what_is_appended_is_read_back<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let log = create(&store, "chat").await;
        let all_bytes: Vec<u8> = (0..=u8::MAX).collect();
        let events = [
            Bytes::from_static(b"data: hello\n\n"),
            Bytes::from(all_bytes),
            Bytes::from_static("data: zoë\n\n".as_bytes()),
            Bytes::from(vec![b'x'; 64 * 1024]),
            Bytes::from_static(b"data\n\n"),
        ];
        let mut appended = Vec::new();
        for event in events {
            let seq = store.append(log.clone(), event.clone()).await;
            appended.push((seq.expect("an event was refused"), event));
            assert!(
                read_all(&store, &log, 0).await == appended,
                "after {} appends, other events are read",
                appended.len()
            );
        }
    });
}

/// If many threads append at once, each event gets a number of its own, without holes, and is read under
/// it. The events of one thread are in order. I17
pub fn racing_appends_get_one_number_each<B: LogBackend>(backend: &B) {
    const WRITERS: usize = 8;
    const EVENTS: usize = 50;
    let store = backend.block_on(backend.store(ROOM));
    let log = backend.block_on(create(&store, "chat"));
    let appended = race(WRITERS, |writer| {
        let append = |n| {
            let event = format!("event {n} of {writer}");
            (backend.block_on(append(&store, &log, &event)), event)
        };
        (0..EVENTS).map(append).collect::<Vec<_>>()
    });
    let mut by_number = BTreeMap::new();
    for events in appended {
        assert!(
            events.is_sorted_by_key(|(seq, _)| *seq),
            "the events of one writer are out of order"
        );
        for (seq, event) in events {
            let other = by_number.insert(seq, Bytes::from(event));
            assert!(other.is_none(), "two events have number {seq}");
        }
    }
    let expected: Vec<_> = by_number.into_iter().collect();
    assert_eq!(
        expected.last().map(|(seq, _)| *seq),
        Some((WRITERS * EVENTS) as u64),
        "the numbers have holes"
    );
    let read = backend.block_on(read_all(&store, &log, 0));
    assert!(read == expected, "other events are read than were appended");
}
