//! Clients that read slowly, or not at all.

use std::time::Duration;

use sse_gate_resume::{Log, LogLimits, SessionLimits, SlowPolicy};

use crate::support::{Client, Got, Stage, append, poll};

const SECOND: Duration = Duration::from_secs(1);

fn reading(policy: SlowPolicy) -> (Stage, Client, Log) {
    let stage = Stage::new(SessionLimits::default(), LogLimits::default());
    let log = stage.log();
    let mut client = stage.alice(&log);
    client.read();
    let connection = client.connection.take().unwrap();
    client.connection = Some(connection.with_slow_policy(policy));
    (stage, client, log)
}

fn append_many(log: &Log, events: usize) {
    for _ in 0..events {
        append(log, "event");
    }
}

fn look(client: &mut Client) -> Got {
    poll(client.connection.as_mut().unwrap())
}

/// G1: a client that stays behind is cut off without a word, comes back and misses nothing.
#[test]
fn a_slow_client_is_cut_off_and_goes_on() {
    let (stage, mut client, log) = reading(SlowPolicy::default());
    append_many(&log, 257);
    for _ in 0..10 {
        assert!(matches!(look(&mut client), Got::Some(_)));
        append_many(&log, 64);
        stage.wait(SECOND);
    }
    assert_eq!(look(&mut client), Got::Last(Vec::new()));
    assert_eq!(look(&mut client), Got::Last(Vec::new()));
    client.reconnect(&stage).unwrap();
    assert_eq!(
        client.read_data().len(),
        257 + 640,
        "it had read none of it"
    );
}

/// G1: a burst that is over in time cuts no client off, and being behind by the limit is not too far.
#[test]
fn a_burst_is_no_slowness() {
    let (stage, mut client, log) = reading(SlowPolicy::default());
    for _ in 0..3 {
        append_many(&log, 900);
        stage.wait(SECOND * 9);
        assert_eq!(client.read_data().len(), 900);
    }
    for _ in 0..30 {
        append_many(&log, 256);
        stage.wait(SECOND);
        assert_eq!(client.read_data().len(), 256);
    }
    let (stage, mut client, log) = reading(SlowPolicy::NEVER);
    append_many(&log, 1_000);
    stage.wait(SECOND * 400);
    assert_eq!(client.read_data().len(), 1_000);
}

/// G1: however little patience there is, each connection gets its client some events further.
#[test]
fn the_most_impatient_policy_lets_its_clients_arrive() {
    let (stage, mut client, log) = reading(SlowPolicy::new(0, Duration::ZERO));
    append_many(&log, 300);
    let mut got = client.read_data().len();
    for _ in 0..10 {
        client.reconnect(&stage).unwrap();
        let connection = client.connection.take().unwrap();
        let policy = SlowPolicy::new(0, Duration::ZERO);
        client.connection = Some(connection.with_slow_policy(policy));
        got += client.read_data().len();
    }
    assert_eq!(got, 300);
}

/// G1, I10: a stream without readers holds up no writer, and its log stays as large as it may
/// be.
#[test]
fn a_stream_without_readers_is_bounded() {
    let limits = LogLimits::default().with_max_events(100);
    let stage = Stage::new(SessionLimits::default(), limits);
    let log = stage.log();
    let mut client = stage.alice(&log);
    client.read();
    append_many(&log, 50_000);
    assert_eq!((log.bounds().first, log.bounds().last), (49_901, 50_000));
    let (events, _) = client.read();
    assert_eq!(events[0].1, r#"{"v":1,"from":1,"to":49900}"#);
    assert_eq!(events.len(), 101);
}
