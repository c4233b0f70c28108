//! Readers that are behind the window of a log, and get what they miss from its store. I8

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use pollster::block_on;
use sse_gate_resume::backend::{LogEnd, Page, Read, StoredEvents, SubscriptionEnd};
use sse_gate_resume::{Log, LogBudget, LogLimits, Logs, SessionLimits, SessionSignal};

use crate::support::{Client, Stage, append};
use crate::{alices, logs, store};

use super::support::HeldLogs;

/// Sessions on logs in a store, of which only a few events fit into memory.
fn stage(limits: LogLimits) -> (Stage, HeldLogs, Log) {
    let stage = Stage::new(SessionLimits::default(), limits);
    let store = store(&stage.clock);
    let logs = logs(&store, limits, &stage.clock);
    let logs = logs.with_budget(LogBudget::new(500).with_share(500));
    let log = alices(&logs);
    let mut stage = stage.with_logs(logs);
    stage.sessions = stage.sessions.with_logs(&stage.logs);
    (stage, store, log)
}

fn numbers(from: u64, to: u64) -> Vec<String> {
    (from..=to).map(|n| n.to_string()).collect()
}

fn append_numbers(log: &Log, from: u64, to: u64) {
    for n in from..=to {
        assert_eq!(append(log, &n.to_string()), n);
    }
}

fn gaps(stage: &Stage) -> usize {
    let signals = stage.signals.take();
    let gaps = signals.iter();
    gaps.filter(|signal| matches!(signal, SessionSignal::Gap { .. }))
        .count()
}

#[test]
fn what_the_window_has_no_room_for_is_read_from_the_store() {
    let (stage, store, log) = stage(LogLimits::default());
    append_numbers(&log, 1, 300);
    let mut client = stage.alice(&log);
    assert_eq!(client.read_data(), numbers(1, 300));
    assert!(store.reads() > 0);
    // A reader that keeps up asks the store for nothing.
    let reads = store.reads();
    append_numbers(&log, 301, 303);
    assert_eq!(client.read_data(), numbers(301, 303));
    assert_eq!((store.reads(), gaps(&stage)), (reads, 0));
}

/// I9: a client may say that it has had any number of events.
#[test]
fn a_reader_may_be_ahead_of_the_store_by_any_number() {
    let (_stage, _, log) = stage(LogLimits::default());
    append_numbers(&log, 1, 3);
    let mut cx = Context::from_waker(Waker::noop());
    for after in [4, u64::MAX] {
        let (mut reader, mut page) = (log.reader(), Page::default());
        assert!(reader.poll_fetch(after, &mut cx).is_ready());
        let read = reader.poll_read(after, &mut page, &mut cx);
        assert_eq!(read, Poll::Ready(Read::Ahead { last: 3 }));
    }
}

/// A reader may say that it was told of a failure. That is no event that the log has lost.
#[test]
fn a_reader_that_was_told_of_a_failure_is_ahead_of_nothing() {
    let in_memory = block_on(Logs::default().create()).unwrap();
    let (_stage, _, in_a_store) = stage(LogLimits::default());
    for log in [in_memory, in_a_store] {
        append_numbers(&log, 1, 3);
        block_on(log.end(LogEnd::Failed)).unwrap();
        let mut cx = Context::from_waker(Waker::noop());
        for (after, expected) in [
            (3, Read::Ended(LogEnd::Failed)),
            (4, Read::Told),
            (5, Read::Ahead { last: 3 }),
        ] {
            let (mut reader, mut page) = (log.reader(), Page::default());
            assert!(reader.poll_fetch(after, &mut cx).is_ready());
            let read = reader.poll_read(after, &mut page, &mut cx);
            assert_eq!(read, Poll::Ready(expected));
        }
    }
}

/// What was fetched behind one event is no answer to what comes behind another one.
#[test]
fn a_reader_that_asks_for_something_else_is_not_given_what_it_fetched() {
    let (_stage, _, log) = stage(LogLimits::default());
    append_numbers(&log, 1, 100);
    let mut cx = Context::from_waker(Waker::noop());
    let (mut reader, mut page) = (log.reader(), Page::default());
    assert!(reader.poll_fetch(1, &mut cx).is_ready());
    assert!(reader.poll_read(0, &mut page, &mut cx).is_pending());
    assert!(reader.poll_fetch(0, &mut cx).is_ready());
    let read = reader.poll_read(0, &mut page, &mut cx);
    assert_eq!(read, Poll::Ready(Read::Events));
}

/// I8: a store that does not give what it says it has is as good as none. No event is left out.
#[test]
fn a_store_that_leaves_events_out_is_unavailable() {
    let spoils: [fn(&mut StoredEvents); 2] = [
        |read| read.events.clear(),
        |read| {
            read.events.remove(0);
            read.first += 1;
        },
    ];
    for spoil in spoils {
        let (stage, store, log) = stage(LogLimits::default());
        append_numbers(&log, 1, 300);
        let mut client = stage.alice(&log);
        store.spoil_reads(spoil);
        assert!(client.read_data().is_empty());
        let end = client.connection.as_ref().unwrap().end();
        assert_eq!(end, Some(SubscriptionEnd::LogUnavailable));
    }
}

/// A reader that is behind asks for 64 KiB at a time, and not for each event.
#[test]
fn long_events_are_read_from_the_store_many_at_a_time() {
    let (stage, store, log) = stage(LogLimits::default());
    let words = "x".repeat(1_000);
    for _ in 0..60 {
        append(&log, &words);
    }
    let mut client = stage.alice(&log);
    let before = store.reads();
    assert_eq!(client.read_data().len(), 60);
    assert_eq!(store.reads() - before, 1);
}

#[test]
fn a_client_that_comes_back_late_misses_nothing_that_the_store_has() {
    let (stage, _, log) = stage(LogLimits::default());
    append_numbers(&log, 1, 3);
    let mut client = stage.alice(&log);
    assert_eq!(client.read_data(), numbers(1, 3));
    client.disconnect();
    append_numbers(&log, 4, 100);
    client.reconnect(&stage).unwrap();
    assert_eq!(client.read_data(), numbers(4, 100));
    assert_eq!(gaps(&stage), 0);
}

#[test]
fn what_the_store_has_trimmed_is_a_gap_and_nothing_else_is() {
    let (stage, _, log) = stage(LogLimits::default().with_max_events(20));
    append_numbers(&log, 1, 3);
    let mut client = stage.alice(&log);
    client.read();
    client.disconnect();
    append_numbers(&log, 4, 100);
    client.reconnect(&stage).unwrap();
    let (events, _) = client.read();
    let gap = events.iter().find(|(name, _)| name == "sse.gap").unwrap();
    assert!(
        gap.1.contains("\"from\":4") && gap.1.contains("\"to\":80"),
        "{gap:?}"
    );
    let own = events.iter().filter(|(name, _)| name == "message");
    let data: Vec<_> = own.map(|(_, data)| data.clone()).collect();
    assert_eq!((data, gaps(&stage)), (numbers(81, 100), 1));
}

/// The client is told to come back, and loses nothing.
#[test]
fn a_store_that_fails_ends_the_connection_and_not_the_session() {
    let (stage, store, log) = stage(LogLimits::default());
    append_numbers(&log, 1, 100);
    store.fail(true);
    let mut client = stage.alice(&log);
    let (events, has_ended) = client.read();
    assert!(
        has_ended && events.iter().all(|(name, _)| name == "sse.open"),
        "{events:?}"
    );
    let end = client.connection.as_ref().unwrap().end();
    assert_eq!(end, Some(SubscriptionEnd::LogUnavailable));
    client.disconnect();
    store.fail(false);
    client.reconnect(&stage).unwrap();
    assert_eq!(client.read_data(), numbers(1, 100));
}

/// A reader that keeps up needs no store.
#[test]
fn a_store_that_fails_ends_no_connection_that_has_all_events() {
    let (stage, store, log) = stage(LogLimits::default());
    append_numbers(&log, 1, 2);
    let mut client: Client = stage.alice(&log);
    assert_eq!(client.read_data(), numbers(1, 2));
    store.fail(true);
    assert!(client.is_served());
    store.fail(false);
    append_numbers(&log, 3, 4);
    assert_eq!(client.read_data(), numbers(3, 4));
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A window that moves on between the two looks of a reader makes no gap: the reader is polled again, and asks the store.
#[test]
fn a_reader_that_has_just_fallen_behind_asks_the_store() {
    let (_stage, store, log) = stage(LogLimits::default());
    append_numbers(&log, 1, 1);
    let flag = Arc::new(Flag::default());
    let waker = Waker::from(Arc::clone(&flag));
    let mut cx = Context::from_waker(&waker);
    let (mut reader, mut page) = (log.reader(), Page::default());
    assert!(reader.poll_fetch(1, &mut cx).is_ready());
    let reads = store.reads();
    append_numbers(&log, 2, 300);
    assert!(reader.poll_read(1, &mut page, &mut cx).is_pending());
    assert!(flag.0.load(Ordering::Relaxed) && store.reads() == reads);
    assert!(reader.poll_fetch(1, &mut cx).is_ready());
    let read = reader.poll_read(1, &mut page, &mut cx);
    assert_eq!(read, Poll::Ready(Read::Events));
    assert_eq!(page.into_iter().next().map(|(seq, _)| seq), Some(2));
    assert!(store.reads() > reads);
}

/// A reader that has had everything gets it again if it asks for that.
#[test]
fn events_can_be_read_twice() {
    let (_stage, _store, log) = stage(LogLimits::default());
    append_numbers(&log, 1, 3);
    let mut cx = Context::from_waker(Waker::noop());
    let mut reader = log.reader();
    for after in [0, 1, 0] {
        let mut page = Page::default();
        let read = reader.poll_read(after, &mut page, &mut cx);
        assert_eq!(read, Poll::Ready(Read::Events), "behind {after}");
        assert_eq!(page.len() as u64, 3 - after);
    }
    let last = reader.poll_read(3, &mut Page::default(), &mut cx);
    assert!(last.is_pending());
}
