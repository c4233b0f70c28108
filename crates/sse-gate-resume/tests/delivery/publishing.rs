//! One writer, with and without readers.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_resume::backend::LogEnd;
use sse_gate_resume::{CloseReason, Publisher, StopReason};

use crate::support::{Stage, token};

const MINUTE: Duration = Duration::from_secs(60);

fn poll<T>(future: impl Future<Output = T>) -> Poll<T> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// A writer runs on without listeners, and learns how long there has been none: clients that come
/// and go meanwhile begin the time anew.
#[test]
fn a_writer_is_told_when_it_had_no_reader_for_a_while() {
    let stage = Stage::default();
    let log = stage.log();
    let publisher = Publisher::new(log.clone());
    let mut client = stage.alice(&log);
    client.read();
    let sleep = |span| {
        stage.wait(span);
        ready(())
    };
    assert!(poll(publisher.deserted(MINUTE, sleep)).is_pending());
    stage.wait(MINUTE * 2);
    assert!(
        poll(publisher.deserted(MINUTE, sleep)).is_pending(),
        "it has a reader"
    );

    client.disconnect();
    let mut naps = Vec::new();
    let client = std::cell::RefCell::new(client);
    let naps_of = std::cell::RefCell::new(&mut naps);
    let deserted = publisher.deserted(MINUTE, |span| {
        let mut naps = naps_of.borrow_mut();
        naps.push(span);
        stage.wait(span / 2);
        if naps.len() == 1 {
            let mut client = client.borrow_mut();
            client.reconnect(&stage).unwrap();
            client.disconnect();
        }
        stage.wait(span / 2);
        ready(())
    });
    assert!(poll(deserted).is_ready());
    assert_eq!(naps, [MINUTE, MINUTE / 2]);
    block_on(publisher.publish(&Event::new().data("still here"))).unwrap();
}

/// A stop is no disconnect: a writer hears of it when it is asked to, or when the session that
/// it writes for is closed, and of nothing else.
#[test]
fn a_writer_is_told_to_stop() {
    let stage = Stage::default();
    for asked in [true, false] {
        let stage = if asked { &stage } else { &Stage::default() };
        let log = stage.log();
        let publisher = Publisher::new(log.clone());
        let mut client = stage.alice(&log);
        client.read();
        client.disconnect();
        assert!(poll(publisher.stopped()).is_pending());
        let reason = if asked {
            log.stop(StopReason::Requested);
            StopReason::Requested
        } else {
            let closed = stage.sessions.close(token(1), CloseReason::Revoked);
            assert!(block_on(closed).unwrap());
            StopReason::Closed
        };
        assert_eq!(poll(publisher.stopped()), Poll::Ready(reason));
    }
}

/// F8: a writer that panics ends its log as failed; no reader waits for ever.
#[test]
fn a_writer_that_panics_ends_its_log() {
    let stage = Stage::default();
    let log = stage.log();
    let publisher = Publisher::new(log.clone());
    let panicked = std::thread::spawn(move || {
        let _publisher = publisher;
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(panicked.join().is_err());
    assert_eq!(log.bounds().end, Some(LogEnd::Failed));
    let finished = stage.log();
    block_on(Publisher::new(finished.clone()).finish()).unwrap();
    assert_eq!(finished.bounds().end, Some(LogEnd::Complete));
}
