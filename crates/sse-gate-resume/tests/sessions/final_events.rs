//! What a connection says when it is ended from outside, and what is told of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use bytes::BytesMut;
use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::ManualClock;
use sse_gate_resume::backend::{CutReason, Delivered, Fence, LogEnd, SubscriptionEnd};
use sse_gate_resume::{CloseReason, LogLimits, Logs, SessionLimits, SessionSignal};

use crate::support::{Stage, append, grant, token};

/// What is written last, as text.
fn written(buffer: &BytesMut) -> String {
    String::from_utf8(buffer.to_vec()).unwrap()
}

/// At its deadline a connection tells its client to come back no more, once.
#[test]
fn a_connection_that_expires_says_so_once() {
    let stage = Stage::default();
    let log = stage.log();
    let mut connection = stage.open(&grant("alice"), token(1), &log).unwrap();
    let mut buffer = BytesMut::new();
    connection.expire(&mut buffer);
    let closed = SubscriptionEnd::Closed(CloseReason::Deadline);
    assert_eq!(connection.end(), Some(closed));
    let said = written(&buffer);
    assert!(said.contains("event: sse.close\n"), "{said}");

    let mut more = BytesMut::new();
    connection.expire(&mut more);
    connection.shut_down(Duration::ZERO, &mut more);
    assert_eq!(written(&more), "");
    assert_eq!(connection.end(), Some(closed));
}

/// A connection that is shut down tells its client when to come back, once.
#[test]
fn a_connection_that_is_shut_down_says_when_to_come_back() {
    let stage = Stage::default();
    let log = stage.log();
    let mut connection = stage.open(&grant("alice"), token(1), &log).unwrap();
    let mut buffer = BytesMut::new();
    connection.shut_down(Duration::ZERO, &mut buffer);
    assert_eq!(connection.end(), Some(SubscriptionEnd::ShutDown));
    let said = written(&buffer);
    // Once in the block that opens the stream, and once in the last.
    assert_eq!(said.matches("retry: ").count(), 2, "{said}");
    let retry = stage.policy.retry().as_millis();
    assert!(said.ends_with(&format!("retry: {retry}\n\n")), "{said}");

    let mut more = BytesMut::new();
    connection.shut_down(Duration::ZERO, &mut more);
    connection.expire(&mut more);
    assert_eq!(written(&more), "");
    assert_eq!(connection.end(), Some(SubscriptionEnd::ShutDown));
}

/// I15: what was cut before it was told to end, ends for that reason: a session that was closed says
/// so, and a connection that was replaced says nothing.
#[test]
fn the_reason_of_a_cut_comes_first() {
    for shut_down in [true, false] {
        let stage = Stage::default();
        let log = stage.log();
        append(&log, "1");
        let mut client = stage.alice(&log);
        client.read();
        let end = |connection: &mut sse_gate_resume::Subscription| {
            let mut buffer = BytesMut::new();
            if shut_down {
                connection.shut_down(Duration::from_secs(1), &mut buffer);
            } else {
                connection.expire(&mut buffer);
            }
            (written(&buffer), connection.end().unwrap())
        };
        let mut replaced = client.connection.take().unwrap();
        client.reconnect(&stage).unwrap();
        client.read();
        assert_eq!(
            end(&mut replaced),
            (String::new(), SubscriptionEnd::Replaced)
        );

        assert!(block_on(stage.sessions.close(token(1), CloseReason::Revoked)).unwrap());
        let (said, why) = end(client.connection.as_mut().unwrap());
        assert!(
            said.contains("event: sse.close\n") && said.contains("revoked"),
            "{said}"
        );
        assert_eq!(why, SubscriptionEnd::Closed(CloseReason::Revoked));
    }
}

/// Closing tells whether there was anything to close.
#[test]
fn closing_tells_whether_a_session_was_open() {
    let stage = Stage::default();
    let close = |number| block_on(stage.sessions.close(token(number), CloseReason::Revoked));
    let _connection = stage.open(&grant("alice"), token(1), &stage.log()).unwrap();
    assert!(!close(2).unwrap());
    assert!(close(1).unwrap());
    assert!(!close(1).unwrap());
}

/// Those who wait a part of the same span wait up to all of it, each a different time.
#[test]
fn a_jitter_is_a_part_of_its_span() {
    let stage = Stage::default();
    let span = Duration::from_secs(100);
    let drawn: BTreeSet<_> = (0..300).map(|_| stage.sessions.jitter(span)).collect();
    assert!(drawn.len() > 290, "{} different", drawn.len());
    assert!(drawn.iter().all(|part| *part <= span));
    let (first, last) = (drawn.first().unwrap(), drawn.last().unwrap());
    assert!(*last - *first > span / 4, "from {first:?} to {last:?}");
    assert_eq!(stage.sessions.jitter(Duration::ZERO), Duration::ZERO);
}

/// I8: a gap is told with the number of events that are missing, and whether the log has lost what a
/// client had already.
#[test]
fn a_gap_is_told_with_its_size() {
    let limits = LogLimits::default().with_max_events(3);
    let stage = Stage::new(SessionLimits::default(), limits);
    let log = stage.log();
    append(&log, "1");
    let mut client = stage.alice(&log);
    client.read();
    client.disconnect();
    for _ in 2..=10 {
        append(&log, "more");
    }
    stage.signals.take();
    client.reconnect(&stage).unwrap();
    client.read();
    let gap = SessionSignal::Gap {
        events: 6,
        log_lost_writes: false,
    };
    assert!(
        stage.signals.take().contains(&gap),
        "2 to 7 of 10 are missing"
    );
}

/// The first reason for a cut stands, and it is told.
#[test]
fn a_fence_keeps_the_first_reason() {
    let fence = Fence::new();
    assert_eq!(
        (fence.cut_reason(), fence.delivered()),
        (None, Delivered::Nothing)
    );
    let (replaced, closed) = (CutReason::Replaced, CutReason::Closed(CloseReason::Idle));
    fence.cut(replaced);
    fence.cut(closed);
    assert_eq!(fence.cut_reason(), Some(replaced));
    assert!(format!("{fence:?}").contains("Replaced"));
}

/// How often it was woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// I15: who waits for events is woken by one, by the end of the log, and by a cut.
#[test]
fn a_connection_that_waits_is_woken_by_whatever_comes() {
    type Happening = fn(&Stage, &sse_gate_resume::Log);
    let happenings: [(&str, Happening); 3] = [
        ("an event", |_, log| assert_eq!(append(log, "1"), 1)),
        ("an end", |_, log| {
            block_on(log.end(LogEnd::Complete)).unwrap();
        }),
        ("a cut", |stage, _| {
            block_on(stage.sessions.close(token(1), CloseReason::Revoked)).unwrap();
        }),
    ];
    for (what, happen) in happenings {
        let stage = Stage::default();
        let log = stage.log();
        let mut connection = stage.open(&grant("alice"), token(1), &log).unwrap();
        let count = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&count));
        let (mut cx, mut buffer) = (Context::from_waker(&waker), BytesMut::new());
        let mut poll = || connection.poll_write(&mut cx, &mut buffer);
        assert!(poll().is_ready(), "the block that opens the stream");
        assert!(poll().is_pending(), "nothing else is there");
        happen(&stage, &log);
        assert_eq!(count.0.load(Ordering::Relaxed), 1, "{what}");
        assert!(poll().is_ready(), "{what}");
    }
}

/// A log keeps as many events as its bytes allow.
#[test]
fn a_log_is_filled_to_its_last_byte() {
    let one = Event::new().data("x".repeat(100)).to_bytes().len();
    for kept in [1, 2, 5] {
        for (spare, expected) in [(0, kept), (one - 1, kept), (one, kept + 1)] {
            let limits = LogLimits::default().with_max_bytes(kept * one + spare);
            let log = Stage::new(SessionLimits::default(), limits).log();
            for _ in 0..10 {
                append(&log, &"x".repeat(100));
            }
            let bounds = log.bounds();
            let held = bounds.last + 1 - bounds.first;
            assert_eq!(held, expected as u64, "{kept} events and {spare} bytes");
        }
    }
}

/// I10: each token that is shown ends a few of the sessions whose time is up, of any subject.
#[test]
fn a_few_sessions_end_with_each_arrival() {
    let stage = Stage::default();
    for number in 0..100 {
        let subject = format!("user {number}");
        drop(
            stage
                .open(&grant(&subject), token(number), &stage.log())
                .unwrap(),
        );
    }
    assert_eq!(stage.store.len(), 100);
    stage.wait(Duration::from_secs(60 * 60));
    let mut steps = 0;
    while !stage.store.is_empty() {
        steps += 1;
        stage.arrival();
        assert!(steps <= 15, "{} are left", stage.store.len());
    }
}

/// A connection lasts as long as its session.
#[test]
fn the_time_that_is_left_passes() {
    let stage = Stage::default();
    let connection = stage.open(&grant("alice"), token(1), &stage.log()).unwrap();
    let left = connection.time_left();
    assert!(left > Duration::from_secs(60), "{left:?}");
    stage.wait(Duration::from_secs(60));
    assert_eq!(connection.time_left(), left - Duration::from_secs(60));
    stage.wait(left);
    assert_eq!(connection.time_left(), Duration::ZERO);
}

/// H6: a log made of parts of the caller's choice goes by them.
#[test]
fn events_age_by_the_clock_of_their_logs() {
    let clock = ManualClock::default();
    let limits = LogLimits::default().with_max_age(Duration::from_secs(60));
    let logs = Logs::new(limits, sse_gate_resume::LogBudget::default());
    let log = block_on(logs.with_clock(clock.clone()).create()).unwrap();
    append(&log, "1");
    let bounds = || log.bounds();
    clock.advance(Duration::from_millis(59_999));
    assert_eq!((bounds().first, bounds().last), (1, 1));
    clock.advance(Duration::from_millis(1));
    assert_eq!((bounds().first, bounds().last), (2, 1));
}
