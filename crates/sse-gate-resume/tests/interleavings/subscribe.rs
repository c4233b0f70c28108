//! A writer and a reader at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

use bytes::BytesMut;
use pollster::block_on;
use sse_gate_resume::Subscription;
use sse_gate_resume::backend::LogEnd;

use crate::support::{Stage, append, grant, token};
use crate::{both, model};

/// A connection, and whether it was woken.
pub(crate) struct Waiting {
    connection: Subscription,
    flag: Arc<Flag>,
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Waiting {
    pub(crate) fn new(connection: Subscription) -> Self {
        let flag = Arc::default();
        Self { connection, flag }
    }

    /// What it writes; none if it waits.
    pub(crate) fn poll(&mut self) -> Option<String> {
        let waker = Waker::from(Arc::clone(&self.flag));
        let mut buffer = BytesMut::new();
        let polled = self
            .connection
            .poll_write(&mut Context::from_waker(&waker), &mut buffer);
        let text = String::from_utf8(buffer.to_vec()).unwrap();
        polled.is_ready().then_some(text)
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.flag.0.load(Ordering::SeqCst)
    }
}

/// How often each of two events stands in what was written.
fn count(text: &str) -> [usize; 2] {
    ["one", "two"].map(|event| text.matches(&format!("data: {event}\n")).count())
}

/// I17: a reader that subscribes while two events are appended gets both once, or waits and is
/// woken.
#[test]
fn a_reader_misses_nothing_between_looking_and_waiting() {
    model(|| {
        let stage = Arc::new(Stage::default());
        let (log, opens) = (stage.log(), Arc::clone(&stage));
        let read = log.clone();
        let writes = move || {
            append(&log, "one");
            append(&log, "two");
        };
        let subscribes = move || {
            let opened = opens.open(&grant("alice"), token(1), &read).unwrap();
            let mut waiting = Waiting::new(opened);
            let mut written = String::new();
            // It looks until it waits for the first time: who waits already is woken anyway.
            let waits = loop {
                match waiting.poll() {
                    Some(more) => written += &more,
                    None => break true,
                }
                if count(&written) == [1, 1] {
                    break false;
                }
            };
            (waiting, written, waits)
        };
        let ((mut waiting, mut written, waits), ()) = both(subscribes, writes);
        let is_complete = count(&written) == [1, 1];
        assert!(!waits || waiting.is_woken() || is_complete, "{written}");
        while let Some(more) = waiting.poll() {
            written += &more;
        }
        assert_eq!(count(&written), [1, 1], "{written}");
    });
}

/// I17: two writers and a reader: each event has a number of its own, and the reader sees them in
/// their order.
#[test]
fn two_writers_share_the_numbers() {
    model(|| {
        let stage = Arc::new(Stage::default());
        let log = stage.log();
        let mut client = stage.alice(&log);
        client.read();
        let (one, other) = (log.clone(), log.clone());
        let reader = loom::thread::spawn(move || {
            let seen = client.read_data();
            (client, seen)
        });
        let (first, second) = both(move || append(&one, "one"), move || append(&other, "two"));
        let (mut client, mut seen) = reader.join().unwrap();
        seen.extend(client.read_data());
        assert_eq!(first + second, 3);
        let order = if first == 1 {
            ["one", "two"]
        } else {
            ["two", "one"]
        };
        assert_eq!(seen, order);
    });
}

/// I15: a reader that waits while the log ends is woken, and told.
#[test]
fn the_end_is_not_missed() {
    model(|| {
        let stage = Stage::default();
        let log = stage.log();
        let mut client = stage.alice(&log);
        client.read();
        let mut waiting = Waiting::new(client.connection.take().unwrap());
        let looks = move || {
            let got = waiting.poll();
            (waiting, got)
        };
        let ends = move || block_on(log.end(LogEnd::Complete)).unwrap();
        let ((mut waiting, got), ()) = both(looks, ends);
        assert!(got.is_some() || waiting.is_woken());
        let mut written = got.unwrap_or_default();
        written += &waiting.poll().unwrap();
        assert_eq!(written.matches(r#""reason":"complete""#).count(), 1);
        assert_eq!(waiting.poll().as_deref(), Some(""));
    });
}
