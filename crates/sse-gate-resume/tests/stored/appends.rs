//! Appends to a log in a store, whose answers come late, out of order, or not at all.

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::ManualClock;
use sse_gate_resume::backend::{LogEnd, LogStore, Page, Read, Reader};
use sse_gate_resume::error::AppendErrorKind;
use sse_gate_resume::{Log, LogLimits, Logs, Topics};

use std::task::{Context, Poll, Waker};

use crate::support::{HeldLogs, append};
use crate::{alices, logs, node, poll_once, store, stored};

/// The data of the events behind `after`, and whether the log is over then.
fn read(reader: &mut Reader, mut after: u64) -> (Vec<String>, bool) {
    let mut cx = Context::from_waker(Waker::noop());
    let mut data = Vec::new();
    loop {
        let mut page = Page::default();
        assert!(reader.poll_fetch(after, &mut cx).is_ready());
        match reader.poll_read(after, &mut page, &mut cx) {
            Poll::Ready(Read::Events) => {}
            Poll::Ready(Read::Ended(_)) => return (data, true),
            Poll::Ready(other) => panic!("behind {after} there is {other:?}"),
            Poll::Pending => return (data, false),
        }
        for (seq, event) in page {
            assert_eq!(seq, after + 1, "an event is missing, or comes twice");
            after = seq;
            let text = String::from_utf8(event.as_bytes().to_vec()).unwrap();
            data.push(text.trim_start_matches("data: ").trim().to_owned());
        }
    }
}

fn setup() -> (HeldLogs, Logs, Log) {
    let clock = ManualClock::default();
    let store = store(&clock);
    let logs = logs(&store, LogLimits::default(), &clock);
    let log = alices(&logs);
    (store, logs, log)
}

/// Begins to append, and waits for the answer.
macro_rules! begin {
    ($append:ident, $log:ident, $data:literal) => {
        let event = Event::new().data($data);
        let mut $append = Box::pin($log.append(&event));
        assert!(poll_once(&mut $append).is_pending());
    };
}

/// A handler that is cancelled while it publishes leaves no doubt: what was begun is done.
#[test]
fn an_append_that_is_dropped_is_finished() {
    let (store, logs, log) = setup();
    let held = store.hold();
    begin!(dropped, log, "one");
    drop(dropped);
    store.answer();
    held.release();
    // The chore runs when the logs are used next.
    alices(&logs);
    assert_eq!(
        (stored(&store, &log).bounds.last, log.bounds().last),
        (1, 1)
    );
    assert_eq!(append(&log, "two"), 2);
    assert_eq!(read(&mut log.reader(), 0).0, ["one", "two"]);
}

#[test]
fn an_append_that_was_not_begun_does_nothing() {
    let (store, _, log) = setup();
    let event = Event::new().data("one");
    drop(log.append(&event));
    assert_eq!(stored(&store, &log).bounds.last, 0);
}

/// I17
#[test]
fn answers_out_of_order_are_read_in_order() {
    let (store, _, log) = setup();
    let mut reader = log.reader();
    let first_held = store.hold();
    begin!(first, log, "one");
    let second_held = store.hold();
    begin!(second, log, "two");
    store.answer();
    assert_eq!(append(&log, "three"), 3);
    assert_eq!(read(&mut reader, 0), (vec![], false));
    second_held.release();
    assert!(poll_once(&mut second).is_ready());
    assert_eq!(
        (read(&mut reader, 0), log.bounds().last),
        ((vec![], false), 0)
    );
    first_held.release();
    assert!(poll_once(&mut first).is_ready());
    assert_eq!(read(&mut reader, 0).0, ["one", "two", "three"]);
    assert_eq!(store.reads(), 0, "the window has all of them");
}

/// The store has appended an event, and the answer was lost. Its number stays, and so the events behind it
/// waited for ever to be read. I19
#[test]
fn an_answer_that_is_lost_holds_up_no_later_event() {
    let (store, _, log) = setup();
    let mut reader = log.reader();
    append(&log, "one");
    store.lose_answers(true);
    let lost = block_on(log.append(&Event::new().data("lost")));
    assert_eq!(lost.unwrap_err().kind(), AppendErrorKind::Unavailable);
    store.lose_answers(false);
    assert_eq!(append(&log, "three"), 3);
    assert_eq!(log.bounds().last, 3);
    assert_eq!(read(&mut reader, 1).0, ["lost", "three"]);
    assert_eq!(append(&log, "four"), 4);
    assert_eq!(read(&mut reader, 3).0, ["four"]);
}

/// The same if another append is under way for ever.
#[test]
fn an_answer_that_never_comes_holds_up_only_a_few_events() {
    let (store, _, log) = setup();
    let _held = store.hold();
    begin!(stuck, log, "stuck");
    store.answer();
    for _ in 0..500 {
        append(&log, "later");
    }
    assert!(log.bounds().last > 400, "{:?}", log.bounds());
    assert!(read(&mut log.reader(), 0).0.len() > 400);
    drop(stuck);
}

/// Two nodes append to one feed. Each gives its readers the events of both, as far as it knows of them.
#[test]
fn the_events_of_another_node_are_read_between_ones_own() {
    let clock = ManualClock::default();
    let one = store(&clock);
    let two = HeldLogs::new(one.inner.clone().with_node(node(2)));
    let [here, there] = [&one, &two].map(|store| {
        let topics = Topics::new(logs(store, LogLimits::default(), &clock));
        block_on(topics.log("chat", None)).unwrap()
    });
    let mut reader = here.reader();
    assert_eq!(append(&there, "one"), 1);
    assert_eq!(append(&here, "two"), 2);
    assert_eq!(append(&there, "three"), 3);
    assert_eq!(append(&here, "four"), 4);
    assert_eq!(read(&mut reader, 0).0, ["one", "two", "three", "four"]);
}

/// A writer is cancelled while it publishes, and finishes then. The reader is not told of the end before
/// it has the event.
#[test]
fn the_end_is_told_after_appends_that_are_under_way() {
    let (store, _, log) = setup();
    let mut reader = log.reader();
    let held = store.hold();
    begin!(first, log, "one");
    store.answer();
    block_on(log.end(LogEnd::Complete)).unwrap();
    assert_eq!(read(&mut reader, 0), (vec![], false));
    assert_eq!(log.bounds().end, None);
    held.release();
    assert!(poll_once(&mut first).is_ready());
    assert_eq!(read(&mut reader, 0), (vec!["one".to_owned()], true));
    assert_eq!(log.bounds().end, Some(LogEnd::Complete));
}

/// A session was closed by another node: the writer here is told by its next append.
#[test]
fn a_log_that_was_removed_elsewhere_asks_its_writer_to_stop() {
    let (store, _, log) = setup();
    append(&log, "one");
    let (name, epoch) = (log.name(), log.epoch());
    let id = sse_gate_resume::backend::LogId { name, epoch };
    block_on(store.inner.remove(id)).unwrap();
    for _ in 0..2 {
        let refused = block_on(log.append(&Event::new().data("two")));
        assert_eq!(refused.unwrap_err().kind(), AppendErrorKind::Closed);
    }
    assert!(log.stop_reason().is_some());
}
