//! Where in its log a session begins.

use std::sync::Arc;

use pollster::block_on;
use sse_gate_resume::backend::LogEnd;
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{
    InvalidIdReason, Log, LogLimits, Opening, SessionLimits, SessionSignal, Start,
};

use crate::support::{Client, Stage, append, parts, token};

/// A stage whose logs hold four events, and a log to which events 1 to `last` were appended.
fn stage_with_log(last: u64) -> (Stage, Log) {
    let limits = LogLimits::default().with_max_events(4);
    let stage = Stage::new(SessionLimits::default(), limits);
    let log = stage.log();
    for number in 1..=last {
        append(&log, &number.to_string());
    }
    (stage, log)
}

/// A client with token 1 whose session begins there.
fn open(stage: &Stage, log: &Log, start: impl FnOnce(Opening<'_>) -> Opening<'_>) -> Client {
    let grant = stage.grant("alice");
    let opening = Opening::new(stage.arrival(), &grant, token(1), Arc::new(log.clone()));
    let opened = block_on(stage.sessions.open(start(opening)));
    Client::new(token(1), opened.unwrap())
}

/// What a client reads first behind `sse.open`: the gap, if any, and the data of the events.
fn first_events(client: &mut Client) -> Vec<String> {
    let (events, _) = client.read();
    assert_eq!(events[0].0, "sse.open");
    events[1..].iter().map(|(_, data)| data.clone()).collect()
}

fn gap(from: u64, to: u64) -> String {
    format!(r#"{{"v":1,"from":{from},"to":{to}}}"#)
}

/// I8, I10: each start gets what it says, first what is there and then what comes, and no id of the
/// session reaches before it.
#[test]
fn a_session_begins_where_it_is_told_to() {
    let held = |from: u64| (from..=6).map(|seq| seq.to_string());
    let with_gap = |to: u64| vec![gap(1, to)].into_iter().chain(held(3)).collect();
    // The log holds events 3 to 6.
    let cases: [(Start, Vec<String>, u64); 12] = [
        (Start::Beginning, with_gap(2), 0),
        (Start::Now, vec![], 6),
        (Start::Last(0), vec![], 6),
        (Start::Last(1), held(6).collect(), 5),
        (Start::Last(4), held(3).collect(), 2),
        (Start::Last(5), held(3).collect(), 2),
        (Start::Last(u64::MAX), held(3).collect(), 2),
        (Start::After(0), with_gap(2), 0),
        (
            Start::After(1),
            [gap(2, 2)].into_iter().chain(held(3)).collect(),
            1,
        ),
        (Start::After(2), held(3).collect(), 2),
        (Start::After(5), held(6).collect(), 5),
        (Start::After(6), vec![], 6),
    ];
    for (start, expected, base) in cases {
        let (stage, log) = stage_with_log(6);
        let mut client = open(&stage, &log, |opening| opening.with_start(start));
        assert_eq!(first_events(&mut client), expected, "{start:?}");
        append(&log, "7");
        assert_eq!(client.read_data(), ["7"], "{start:?}");
        let binding = client.connection.as_ref().unwrap().binding();
        assert_eq!(binding.base, base, "{start:?}");
        if base > 0 {
            let before = parts(&client.id).moved_to(base - 1);
            let shown = stage.resume(&before, token(1)).unwrap_err();
            let ResumeError::Refused(reason) = shown else {
                panic!("{start:?}: {shown:?}");
            };
            assert_eq!(reason, InvalidIdReason::BeforeBase, "{start:?}");
        }
        let at_base = parts(&client.id).moved_to(base);
        assert!(stage.resume(&at_base, token(1)).is_ok(), "{start:?}");
    }
}

/// I9: a client that says it has had more than the log has is told of a gap, as one that comes back
/// to a log that has lost writes. Then it gets what is appended.
#[test]
fn a_start_behind_the_end_of_the_log_is_a_gap() {
    for (seq, last) in [(7, 6), (9, 6), (u64::MAX, 6), (1, 0), (u64::MAX, 0)] {
        let (stage, log) = stage_with_log(last);
        let start = Start::After(seq);
        let mut client = open(&stage, &log, |opening| opening.with_start(start));
        stage.signals.take();
        assert_eq!(first_events(&mut client), [gap(last + 1, seq)]);
        let told = SessionSignal::Gap {
            events: seq - last,
            log_lost_writes: true,
        };
        assert_eq!(stage.signals.take(), [told]);
        append(&log, "new");
        assert_eq!(client.read_data(), ["new"]);
        assert_eq!(parts(&client.id).seq, last + 1);
        client.reconnect(&stage).unwrap();
    }
}

/// I9, A12: the gap is told again if the first answer got lost.
#[test]
fn a_reopened_session_begins_where_it_began() {
    let (stage, log) = stage_with_log(2);
    let start = Start::After(5);
    let lost = open(&stage, &log, |opening| opening.with_start(start));
    let grace = std::time::Duration::from_secs(1);
    let again = block_on(stage.sessions.reopen(token(1), grace)).unwrap();
    drop(lost);
    let mut client = Client::new(token(1), again.subscribe());
    assert_eq!(first_events(&mut client), [gap(3, 5)]);
}

/// A log of a session's own is read from its beginning and a shared one from now on, unless a start
/// is set, before or after the log is said to be shared.
#[test]
fn a_start_is_set_in_any_order() {
    type Setting = fn(Opening<'_>) -> Opening<'_>;
    let settings: [(Setting, &[&str]); 4] = [
        (|opening| opening, &["1", "2"]),
        (|opening| opening.on_shared_log(), &[]),
        (
            |opening| opening.on_shared_log().with_start(Start::Last(1)),
            &["2"],
        ),
        (
            |opening| opening.with_start(Start::Last(1)).on_shared_log(),
            &["2"],
        ),
    ];
    for (setting, expected) in settings {
        let (stage, log) = stage_with_log(2);
        assert_eq!(first_events(&mut open(&stage, &log, setting)), expected);
    }
}

/// I15: a session that begins behind all of a log that has ended is told so at once.
#[test]
fn a_start_behind_an_ended_log_is_complete() {
    for start in [Start::Now, Start::After(2)] {
        let (stage, log) = stage_with_log(2);
        block_on(log.end(LogEnd::Complete)).unwrap();
        let mut client = open(&stage, &log, |opening| opening.with_start(start));
        assert_eq!(
            first_events(&mut client),
            [r#"{"v":1,"reason":"complete"}"#]
        );
    }
}
