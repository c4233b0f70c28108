//! What an event costs, for few readers and for many.

use std::task::{Context, Waker};

use sse_gate_resume::MemoryLog;
use sse_gate_resume::backend::{Page, ReadLog, ReaderId};
use sse_gate_resume::{LogLimits, MemoryLogs};

use crate::support::{append, growth};

const FEW: usize = 128;
const MANY: usize = 128 * FEW;

/// A log with readers that are busy with what they have read, and one that waits.
struct Feed {
    log: MemoryLog,
    reader: ReaderId,
    last: u64,
}

impl Feed {
    fn new(readers: usize) -> Self {
        let logs = MemoryLogs::default().with_limits(LogLimits::default().with_max_events(8));
        let log = logs.create().unwrap();
        for _ in 0..readers {
            log.enroll();
        }
        let reader = log.enroll();
        Self {
            log,
            reader,
            last: 0,
        }
    }

    fn is_pending(&self) -> bool {
        let cx = &mut Context::from_waker(Waker::noop());
        let mut page = Page::default();
        let read = self.log.poll_read(self.reader, self.last, &mut page, cx);
        read.is_pending()
    }
}

/// G17: an event wakes the readers that wait for it, and looks at no others.
#[test]
fn an_event_costs_nothing_for_readers_that_are_busy() {
    let ratio = growth([FEW, MANY], 200, Feed::new, |feed| {
        assert!(feed.is_pending());
        feed.last = append(&feed.log, "x");
    });
    assert!(ratio < 16.0, "{ratio:.1} times as long");
}

/// A reader that comes and goes takes no longer because of the others.
#[test]
fn a_reader_comes_and_goes_at_the_same_cost() {
    let ratio = growth([FEW, MANY], 200, Feed::new, |feed| {
        assert!(feed.is_pending());
        feed.log.dismiss(feed.reader);
        feed.reader = feed.log.enroll();
    });
    assert!(ratio < 16.0, "{ratio:.1} times as long");
}
