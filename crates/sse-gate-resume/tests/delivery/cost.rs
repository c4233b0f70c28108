//! What an event costs, for few readers and for many.

use std::task::{Context, Waker};

use pollster::block_on;
use sse_gate_resume::Log;
use sse_gate_resume::backend::{Page, Reader};
use sse_gate_resume::{LogLimits, Logs};

use crate::support::{append, growth};

const FEW: usize = 128;
const MANY: usize = 128 * FEW;

/// A log with readers that are busy with what they have read, and one that waits.
struct Feed {
    log: Log,
    reader: Reader,
    /// Readers that do not wait.
    others: Vec<Reader>,
    last: u64,
}

impl Feed {
    fn new(readers: usize) -> Self {
        let logs = Logs::default().with_limits(LogLimits::default().with_max_events(8));
        let log = block_on(logs.create()).unwrap();
        let others = (0..readers).map(|_| log.reader()).collect();
        let reader = log.reader();
        Self {
            log,
            reader,
            others,
            last: 0,
        }
    }

    fn is_pending(&mut self) -> bool {
        let cx = &mut Context::from_waker(Waker::noop());
        let mut page = Page::default();
        let read = self.reader.poll_read(self.last, &mut page, cx);
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
        feed.reader = feed.log.reader();
        assert!(!feed.others.is_empty());
    });
    assert!(ratio < 16.0, "{ratio:.1} times as long");
}
