//! A log that many read: an event that one of them waits for.

use std::task::{Context, Waker};

use sse_gate::Event;
use sse_gate::sessions::backend::{Page, Reader};
use sse_gate::sessions::{Log, LogLimits, Logs};
use sse_gate_benches::ready;

use crate::order::AnyOf;
use crate::{Make, Owners, Step};

pub(crate) const STEPS: [(&str, Make); 2] = [
    ("an event wakes the newest reader", newest),
    ("an event wakes any reader", any),
];

struct Feed {
    log: Log,
    readers: Vec<Reader>,
    last: u64,
}

impl Feed {
    /// A log with readers that are busy with what they have read.
    fn new(readers: usize) -> Self {
        let logs = Logs::default().with_limits(LogLimits::default().with_max_events(8));
        let log = ready(logs.create()).expect("there is randomness");
        Self {
            readers: (0..readers).map(|_| log.reader()).collect(),
            log,
            last: 0,
        }
    }

    /// Wakes the reader at this place.
    fn wake(&mut self, reader: usize) {
        let mut cx = Context::from_waker(Waker::noop());
        let mut page = Page::default();
        let read = self.readers[reader].poll_read(self.last, &mut page, &mut cx);
        assert!(read.is_pending(), "there is an event");
        let event = Event::new().data("x");
        let appended = self.log.append(&event);
        self.last = ready(appended).expect("there is room");
    }
}

fn newest(count: usize, _: Owners) -> Step {
    let mut feed = Feed::new(count);
    Box::new(move || feed.wake(count - 1))
}

fn any(count: usize, _: Owners) -> Step {
    let (mut feed, mut order) = (Feed::new(count), AnyOf::new());
    Box::new(move || {
        let reader = order.next(count);
        feed.wake(reader);
    })
}
