//! The bus in memory: how far a subscriber may fall behind, and what is remembered of it.
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

use std::task::{Context, Poll, Waker};

use pollster::block_on;
use sse_gate_resume::backend::{Bus, MemoryBus, NodeId, Notice, Notices};

/// How many notices wait for a subscriber at most.
const MAX_WAITING: u64 = 16_384;

fn probe(number: u64) -> Notice {
    Notice::Probe {
        listener: NodeId::from_bytes([1; 8]),
        number,
    }
}

fn publish(bus: &MemoryBus, numbers: impl IntoIterator<Item = u64>) {
    for number in numbers {
        block_on(bus.publish(probe(number))).unwrap();
    }
}

/// The next notice, if it is there.
fn poll(notices: &mut Notices) -> Poll<Option<Notice>> {
    notices.poll_next(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_subscriber_gets_as_many_notices_as_may_wait() {
    let bus = MemoryBus::default();
    let mut notices = block_on(bus.subscribe()).unwrap();
    publish(&bus, 0..MAX_WAITING);
    for number in 0..MAX_WAITING {
        assert_eq!(block_on(notices.next()), Some(probe(number)));
    }
    assert_eq!(poll(&mut notices), Poll::Pending);
}

/// It would go on behind a hole. The other subscribers lose nothing.
#[test]
fn a_subscriber_that_is_one_more_behind_loses_its_subscription() {
    let bus = MemoryBus::default();
    let mut late = block_on(bus.subscribe()).unwrap();
    publish(&bus, [0]);
    let mut other = block_on(bus.subscribe()).unwrap();
    publish(&bus, 1..=MAX_WAITING);
    assert_eq!(poll(&mut late), Poll::Ready(None));
    assert_eq!(poll(&mut other), Poll::Ready(Some(probe(1))));
    // It stays over.
    publish(&bus, [MAX_WAITING + 1]);
    assert_eq!(poll(&mut late), Poll::Ready(None));
}
