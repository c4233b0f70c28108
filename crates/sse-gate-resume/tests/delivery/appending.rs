//! What a log takes, and what it does not.

use pollster::block_on;
use sse_gate_codec::{Event, EventId, EventName};
use sse_gate_resume::backend::LogEnd;
use sse_gate_resume::error::AppendErrorKind;
use sse_gate_resume::{LogBudget, LogLimits, Logs};

use crate::support::append;

/// H7, I16: names that are the library's, ids, and events that no client would see, are refused,
/// and leave no hole in the numbers.
#[test]
fn what_a_client_must_not_get_is_refused() {
    let log = block_on(Logs::default().create()).unwrap();
    let data = || Event::new().data("x");
    for (event, kind) in [
        (
            data().event(EventName::from_static("sse.open")),
            AppendErrorKind::ReservedName,
        ),
        (
            data().event(EventName::from_static("sse.")),
            AppendErrorKind::ReservedName,
        ),
        (
            data().event(EventName::from_static("sse.anything")),
            AppendErrorKind::ReservedName,
        ),
        (data().id(EventId::from_static("1")), AppendErrorKind::Id),
        (data().id(EventId::from_static("")), AppendErrorKind::Id),
        (Event::new(), AppendErrorKind::NoData),
        (
            Event::new().event(EventName::from_static("x")),
            AppendErrorKind::NoData,
        ),
    ] {
        let refused = block_on(log.append(&event)).unwrap_err();
        assert_eq!(refused.kind(), kind, "{event:?}");
    }
    for near in ["sse", "ssex.", "SSE.open", "x.sse."] {
        let event = data().event(EventName::from_static(near));
        block_on(log.append(&event)).unwrap();
    }
    assert_eq!(block_on(log.append(&Event::new().data(""))).unwrap(), 5);
}

/// I10: an event is as large as the log at most; a larger one leaves the log as it is.
#[test]
fn an_event_larger_than_the_log_is_refused() {
    let limits = LogLimits::default().with_max_bytes(100);
    let log = block_on(Logs::new(limits, LogBudget::default()).create()).unwrap();
    append(&log, "1");
    let refused = block_on(log.append(&Event::new().data("x".repeat(93)))).unwrap_err();
    assert_eq!(refused.kind(), AppendErrorKind::TooLarge);
    assert_eq!(log.bounds().first, 1);
    append(&log, &"x".repeat(92));
    assert_eq!((log.bounds().first, log.bounds().last), (2, 2));
}

/// A log ends once, in the way it ended first, and takes nothing more.
#[test]
fn nothing_comes_after_the_end() {
    let log = block_on(Logs::default().create()).unwrap();
    append(&log, "1");
    for how in [LogEnd::Complete, LogEnd::Failed] {
        block_on(log.end(how)).unwrap();
        assert_eq!(log.bounds().end, Some(LogEnd::Complete));
        let late = block_on(log.append(&Event::new().data("2"))).unwrap_err();
        assert_eq!(late.kind(), AppendErrorKind::Ended);
    }
    assert_eq!(log.bounds().last, 1);
}
