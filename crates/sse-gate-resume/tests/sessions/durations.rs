//! Times at both ends of what can be set.

use std::time::Duration;

use bytes::BytesMut;
use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_resume::{
    LogBudget, LogLimits, Logs, Publisher, ResumePolicy, SessionLimits, SlowPolicy,
};

use crate::support::{Stage, append, grant, token};

const ENDS: [Duration; 3] = [
    Duration::MAX,
    Duration::from_secs(u64::MAX / 2),
    Duration::ZERO,
];

/// H6, I5: the window of a used id is as long as its policy asks for, and never overflows.
#[test]
fn a_window_has_an_end_for_any_wait() {
    for retry in ENDS {
        let policy = ResumePolicy::default().with_retry(retry);
        let waits = 6 * policy.retry() + Duration::from_secs(2);
        let expected = waits.max(Duration::from_secs(10));
        assert_eq!(policy.window(), expected, "{retry:?}");
    }
}

#[test]
fn times_of_a_policy_are_whole_milliseconds_up_to_49_days() {
    let longest = Duration::from_millis(u64::from(u32::MAX));
    for (set, kept) in [
        (Duration::ZERO, Duration::ZERO),
        (Duration::from_micros(1_999), Duration::from_millis(1)),
        (longest, longest),
        (longest + Duration::from_millis(1), longest),
        (Duration::MAX, longest),
    ] {
        let policy = ResumePolicy::default()
            .with_retry(set)
            .with_idle(set)
            .with_takeovers(1, set);
        let times = [policy.retry(), policy.idle(), policy.takeover_span()];
        assert_eq!(times, [kept; 3], "{set:?}");
    }
}

/// H6: sessions of any policy are opened, resumed, put off and shut down, and what is written for
/// their clients to wait is a time that they can wait.
#[test]
fn any_time_can_be_set_on_a_session() {
    let longest = Event::MAX_RETRY.as_millis();
    for retry in ENDS {
        for idle in ENDS {
            let policy = ResumePolicy::default().with_retry(retry).with_idle(idle);
            let stage = Stage::new(SessionLimits::default(), LogLimits::default());
            let stage = stage.with_policy(policy);
            let log = stage.log();
            let mut client = stage.alice(&log);
            append(&log, "one");
            assert_eq!(client.read_data(), ["one"], "{policy:?}");
            client.reconnect(&stage).unwrap();
            client.read();
            let mut last = BytesMut::new();
            let mut connection = client.connection.take().unwrap();
            connection.shut_down(idle, &mut last);
            let resumed = stage.resume(&client.id, token(1)).unwrap();
            let texts = [
                String::from_utf8(last.to_vec()).unwrap(),
                String::from_utf8(resumed.retry_later(retry).to_vec()).unwrap(),
                String::from_utf8(stage.sessions.retry_later(&client.id, retry).to_vec()).unwrap(),
            ];
            for text in texts {
                let wait = text.lines().find_map(|line| line.strip_prefix("retry: "));
                let wait: u128 = wait.unwrap().parse().unwrap();
                assert!(wait <= longest, "{policy:?}: {text}");
            }
        }
    }
}

/// I10: nor does any age of a log's events, or any patience with a slow client.
#[test]
fn any_time_can_be_set_on_a_log_and_its_readers() {
    for time in ENDS {
        let stage = Stage::default();
        let limits = LogLimits::default().with_max_age(time);
        let logs = Logs::new(limits, LogBudget::default()).with_clock(stage.clock.clone());
        let log = block_on(logs.create()).unwrap();
        let opened = stage.open(&grant("alice"), token(1), &log).unwrap();
        let mut slow = opened.with_slow_policy(SlowPolicy::new(0, time));
        append(&log, "one");
        stage.wait(Duration::from_secs(1));
        let kept = log.bounds().first == 1;
        assert_eq!(kept, !time.is_zero(), "{time:?}");
        let mut buffer = BytesMut::new();
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(slow.poll_write(&mut cx, &mut buffer).is_ready());
        drop(slow);
        let publisher = Publisher::new(log);
        let deserted = publisher.deserted(time, |_| std::future::pending());
        let deserted = std::pin::pin!(deserted).poll(&mut cx);
        assert_eq!(deserted.is_ready(), time.is_zero());
    }
}

/// What a policy is set to is what it says.
#[test]
fn a_policy_tells_each_of_its_settings() {
    let policy = ResumePolicy::default();
    assert_eq!((policy.retries(), policy.takeovers()), (2, 64));
    assert_eq!(policy.takeover_span(), Duration::from_secs(10));
    assert_eq!(policy.idle(), Duration::from_secs(120));
    let set = policy
        .with_retry(Duration::from_secs(3))
        .with_idle(Duration::from_secs(4))
        .with_takeovers(5, Duration::from_secs(6))
        .with_strict_ids();
    assert_eq!(set.retry(), Duration::from_secs(3));
    assert_eq!(set.idle(), Duration::from_secs(4));
    assert_eq!((set.takeovers(), set.retries()), (5, 0));
    assert_eq!(set.takeover_span(), Duration::from_secs(6));
}
