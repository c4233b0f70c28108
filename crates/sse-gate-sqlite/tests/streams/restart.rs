//! E12, I19: what a restart keeps.

use std::time::{Duration, Instant};

use pollster::block_on;
use rusqlite::Connection;
use sse_gate_core::ManualClock;
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{CloseReason, GoneReason, LogBudget, LogLimits, Logs, Publisher, Topics};
use sse_gate_sqlite::SqliteLogs;

use crate::stage::{Process, Stranger, event, subject};

fn has(count: usize) -> impl Fn(&[String]) -> bool {
    move |data| data.len() >= count
}

/// The same id goes on after a restart, with every event that was acknowledged, once.
#[test]
fn a_client_goes_on_after_a_restart() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
    let process = Process::start(folder.path(), &clock);
    let log = block_on(process.logs.create()).unwrap();
    let mut client = process.open("alice", 1, &log).unwrap();
    for number in 1..=3 {
        block_on(log.append(&event(&number.to_string()))).unwrap();
    }
    client.read_until(has(3));
    for number in 4..=6 {
        block_on(log.append(&event(&number.to_string()))).unwrap();
    }
    client.disconnect();
    drop(log);
    process.stop();

    clock.advance(Duration::from_secs(30));
    let process = Process::start(folder.path(), &clock);
    let resumed = client.resume(&process).unwrap();
    assert!(!resumed.log().is_orphaned(), "it has no one writer");
    let log = resumed.log().clone();
    client.attach(resumed);
    client.read_until(has(6));
    assert_eq!(block_on(log.append(&event("7"))).unwrap(), 7);
    client.read_until(has(7));
    assert_eq!(client.data, ["1", "2", "3", "4", "5", "6", "7"]);
}

/// A process that is killed after it has had nothing to write for long was there until then: its clients go on.
#[test]
fn a_quiet_process_was_there_until_it_was_killed() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
    let process = Process::start(folder.path(), &clock);
    let log = block_on(process.logs.create()).unwrap();
    let mut client = process.open("alice", 1, &log).unwrap();
    block_on(log.append(&event("1"))).unwrap();
    client.read_until(has(1));
    clock.advance(Duration::from_secs(600));
    let begun = Instant::now();
    loop {
        // What is on the disk when it is killed.
        let killed = tempfile::tempdir().unwrap();
        for name in ["a.db", "a.db-wal"] {
            std::fs::copy(folder.path().join(name), killed.path().join(name)).unwrap();
        }
        let next = Process::start(killed.path(), &clock);
        let resumed = client.resume(&next);
        next.stop();
        if resumed.is_ok() {
            break;
        }
        let waits = begun.elapsed() < Duration::from_secs(20);
        assert!(waits, "its client was long away: {:?}", resumed.err());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// An answer whose work died with its process ends as failed, and its client is told so.
#[test]
fn an_answer_whose_work_has_died_is_orphaned() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
    let process = Process::start(folder.path(), &clock);
    let log = block_on(process.logs.create_for(&subject("alice"))).unwrap();
    let mut client = process.open("alice", 1, &log).unwrap();
    let publisher = Publisher::new(log);
    block_on(publisher.publish(&event("half"))).unwrap();
    client.read_until(has(1));
    client.disconnect();
    // The process is killed: nothing that it would do at its end is done.
    std::mem::forget(publisher);
    process.stop();

    let process = Process::start(folder.path(), &clock);
    let resumed = client.resume(&process).unwrap();
    let log = resumed.log().clone();
    assert!(log.is_orphaned());
    assert!(block_on(log.claim()).unwrap());
    assert!(!block_on(log.claim()).unwrap(), "only one takes it over");
    let publisher = Publisher::new(log);
    assert_eq!(publisher.last(), 1);
    client.attach(resumed);
    block_on(publisher.publish(&event("whole"))).unwrap();
    block_on(publisher.finish()).unwrap();
    client.read_until(has(4));
    assert_eq!(client.data, ["half", "whole", "(sse.close)", "(end)"]);
}

/// I15: what was revoked or closed stays so.
#[test]
fn a_revocation_holds_over_a_restart() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
    let process = Process::start(folder.path(), &clock);
    let log = block_on(process.logs.create()).unwrap();
    let mut client = process.open("alice", 1, &log).unwrap();
    block_on(log.append(&event("1"))).unwrap();
    client.read_until(has(1));
    assert_eq!(
        block_on(process.sessions.revoke(&subject("alice"))).unwrap(),
        1
    );
    process.stop();

    let process = Process::start(folder.path(), &clock);
    let gone = client.reconnect(&process).unwrap_err();
    let revoked = GoneReason::Closed(CloseReason::Revoked);
    assert!(matches!(gone, ResumeError::Gone(why) if why == revoked));
    // Its log is gone with it.
    let log = block_on(process.logs.create()).unwrap();
    assert!(
        process.open("alice", 1, &log).is_err(),
        "the token has one session"
    );
    assert!(process.open("alice", 2, &log).is_ok());
}

/// A session that nobody comes back to ends after its time, counted from the end of the process.
#[test]
fn a_session_waits_from_when_its_process_ended() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
    let process = Process::start(folder.path(), &clock);
    let log = block_on(process.logs.create()).unwrap();
    let mut client = process.open("alice", 1, &log).unwrap();
    block_on(log.append(&event("1"))).unwrap();
    client.read_until(has(1));
    // Its connection is open when the process is killed.
    client.vanish();
    process.stop();

    clock.advance(Duration::from_secs(119));
    let process = Process::start(folder.path(), &clock);
    let log = client.reconnect(&process).unwrap();
    block_on(log.append(&event("2"))).unwrap();
    client.read_until(has(2));
    client.vanish();
    process.stop();

    clock.advance(Duration::from_secs(121));
    let process = Process::start(folder.path(), &clock);
    let gone = client.reconnect(&process).unwrap_err();
    assert!(matches!(
        gone,
        ResumeError::Gone(GoneReason::Closed(CloseReason::Idle))
    ));
}

/// Topics keep their events and their numbers.
#[test]
fn topics_go_on() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
    let process = Process::start(folder.path(), &clock);
    let topics = Topics::new(process.logs.clone());
    for number in 1..=3 {
        let data = number.to_string();
        let sent = block_on(topics.publish("news", None, &event(&data)));
        assert_eq!(sent.unwrap(), number);
    }
    drop(topics);
    process.stop();

    let process = Process::start(folder.path(), &clock);
    let topics = Topics::new(process.logs.clone());
    assert!(block_on(topics.get("sport")).unwrap().is_none());
    let log = block_on(topics.get("news")).unwrap().unwrap();
    assert_eq!((log.bounds().first, log.bounds().last), (1, 3));
    let mut client = process.open("alice", 1, &log).unwrap();
    assert_eq!(
        block_on(topics.publish("news", None, &event("4"))).unwrap(),
        4
    );
    client.read_until(has(4));
    assert_eq!(client.data, ["1", "2", "3", "4"]);
    assert!(block_on(topics.remove("news")).unwrap());
    assert!(block_on(topics.get("news")).unwrap().is_none());
}

/// A topic that made room for another leaves its young events in the file, and its log goes when they are too old: names that
/// users make up don't fill it.
#[test]
fn a_topic_that_made_room_is_freed_when_it_is_old() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
    let process = Process::start(folder.path(), &clock);
    let topics = Topics::new(process.logs.clone());
    block_on(topics.publish("news", None, &event("1"))).unwrap();
    drop(topics);
    process.stop();

    let process = Process::start(folder.path(), &clock);
    let topics = Topics::new(process.logs.clone()).with_max(1);
    drop(block_on(topics.get("news")).unwrap().unwrap());
    block_on(topics.publish("sport", None, &event("1"))).unwrap();
    let file = Stranger::of(&folder.path().join("a.db"));
    let logs = |what: &str| file.number(&format!("SELECT count(*) FROM logs {what}"));
    let until = |what: &str, holds: &dyn Fn() -> bool| {
        let begun = Instant::now();
        while !holds() {
            assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    until("it is in use", &|| logs("WHERE in_use = 0") == 1);
    assert_eq!(logs(""), 2, "its event is young");
    clock.advance(Duration::from_secs(601));
    until("it stays", &|| logs("") == 1);
    assert_eq!(logs("WHERE in_use = 1"), 1, "the other one stays");
}

/// A reader that is behind the window in memory gets its events from the file.
#[test]
fn a_small_window_loses_no_event() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
    let limits = LogLimits::default();
    let window = LogBudget::new(400).with_share(400);
    let process = Process::start_with(folder.path(), &clock, limits, window);
    let log = block_on(process.logs.create()).unwrap();
    let mut client = process.open("alice", 1, &log).unwrap();
    for number in 1..=500 {
        block_on(log.append(&event(&number.to_string()))).unwrap();
    }
    client.read_until(has(500));
    let expected: Vec<_> = (1..=500).map(|number| number.to_string()).collect();
    assert_eq!(client.data, expected);
}

/// What is appended through one handle of the store wakes the readers of another.
#[test]
fn all_handles_of_a_database_share_their_windows() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
    let process = Process::start(folder.path(), &clock);
    let other = Logs::default().with_store(SqliteLogs::new(&process.database));
    let (here, there) = (Topics::new(process.logs.clone()), Topics::new(other));
    let log = block_on(here.log("news", None)).unwrap();
    let mut client = process.open("alice", 1, &log).unwrap();
    for number in 1..=3_u64 {
        let data = number.to_string();
        let sent = block_on(there.publish("news", None, &event(&data)));
        assert_eq!(sent.unwrap(), number);
        client.read_until(has(usize::try_from(number).unwrap()));
    }
    assert_eq!(client.data, ["1", "2", "3"]);
}

/// E12: after a power cut, what was answered last may be missing. Then no session and no log is left, and none is
/// counted. If all was flushed, all is kept.
#[test]
fn a_power_cut_leaves_no_session_and_no_log() {
    for (is_flushed, is_kept) in [(1, true), (0, false)] {
        let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
        let process = Process::start(folder.path(), &clock);
        let log = block_on(process.logs.create_for(&subject("alice"))).unwrap();
        let mut client = process.open("alice", 1, &log).unwrap();
        block_on(log.append(&event("1"))).unwrap();
        client.read_until(has(1));
        client.vanish();
        process.stop();
        let stranger = Connection::open(folder.path().join("a.db")).unwrap();
        let cut = format!(
            "UPDATE state SET value = 1 WHERE name = 'is_open';
            UPDATE state SET value = {is_flushed} WHERE name = 'is_flushed';
            UPDATE state SET value = x'00' WHERE name = 'boot';"
        );
        stranger.execute_batch(&cut).unwrap();

        let process = Process::start(folder.path(), &clock);
        for rows in [
            "sessions",
            "session_counts",
            "logs",
            "events",
            "log_owners",
            "state WHERE name IN ('sessions', 'logs', 'log_bytes') AND value > 0",
        ] {
            let count = format!("SELECT count(*) > 0 FROM {rows}");
            let is_left: bool = stranger.query_row(&count, [], |row| row.get(0)).unwrap();
            assert_eq!(is_left, is_kept, "{rows}");
        }
        assert_eq!(client.resume(&process).is_ok(), is_kept);
    }
}
