//! What wall clocks that are set do to logs. I20

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use sse_gate_resume::{LogLimits, SessionLimits};

use crate::support::{Stage, append};

const AGE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// I10, I20: an event is kept for as long as it may be, whichever way the wall clock was set, and no
/// longer.
#[test]
fn no_event_is_kept_longer_for_a_wall_that_was_set() {
    for was_ahead in [true, false] {
        let limits = LogLimits::default().with_max_age(AGE);
        let stage = Stage::new(SessionLimits::default(), limits);
        let log = stage.log();
        if was_ahead {
            stage.clock.set_wall_ahead(HOUR);
        }
        append(&log, "1");
        stage.clock.set_wall_back(HOUR);
        stage.wait(Duration::from_millis(59_999));
        assert_eq!(log.bounds().first, 1, "ahead: {was_ahead}");
        stage.wait(Duration::from_millis(1));
        assert_eq!(log.bounds().first, 2, "ahead: {was_ahead}");
    }
}

/// I20: a writer learns for how long there was no reader, by time that has passed.
#[test]
fn a_log_is_deserted_for_as_long_as_it_is() {
    let stage = Stage::default();
    stage.clock.set_wall_ahead(HOUR);
    let log = stage.log();
    drop(log.reader());
    stage.clock.set_wall_back(HOUR);
    stage.wait(AGE);
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(log.poll_deserted(&mut cx), Poll::Ready(AGE));
}
