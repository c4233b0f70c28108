//! A second process on the stores of the first one. I19

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::{ManualClock, Subject};
use sse_gate_resume::backend::{LogEnd, SubscriptionEnd};
use sse_gate_resume::error::{AppendErrorKind, ResumeError};
use sse_gate_resume::{
    GoneReason, InvalidIdReason, Log, LogLimits, Logs, MemorySessions, Opening, Publisher,
    ResumeKey, ResumeKeys, ResumePolicy, SessionLimits, Sessions, StopReason, Topics,
};

use crate::support::{
    Client, CountedEntropy, HeldLogs, RecordingObserver, Stage, StoreHandle, append, refused_by,
    token,
};
use crate::{alices, logs, node, poll_once, store, stored};

/// The two stores.
struct Stores {
    clock: ManualClock,
    sessions: StoreHandle,
    logs: HeldLogs,
}

impl Stores {
    fn new() -> Self {
        let clock = ManualClock::default();
        let sessions = MemorySessions::new(SessionLimits::default()).with_clock(clock.clone());
        Self {
            sessions: StoreHandle::new(sessions),
            logs: store(&clock),
            clock,
        }
    }

    /// A process on these stores.
    fn process(&self, number: u8) -> Stage {
        self.process_and_store(number).0
    }

    /// The same, and its handle of the store of logs.
    fn process_and_store(&self, number: u8) -> (Stage, HeldLogs) {
        let (clock, signals) = (self.clock.clone(), RecordingObserver::default());
        let store = HeldLogs::new(self.logs.inner.clone().with_node(node(number)));
        let logs = logs(&store, LogLimits::default(), &clock);
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
        let sessions = Sessions::new(self.sessions.clone(), keys)
            .with_clock(clock.clone())
            .with_entropy(CountedEntropy::default())
            .with_observer(signals.clone())
            .with_logs(&logs);
        let stage = Stage {
            clock,
            store: self.sessions.clone(),
            sessions,
            logs,
            signals,
            policy: ResumePolicy::default(),
        };
        (stage, store)
    }
}

/// The process is killed: nothing of it is dropped.
fn kill(stores: &Stores, number: u8, process: Stage, client: &mut Client) {
    mem::forget(client.connection.take());
    mem::forget(process);
    stores.logs.inner.forget_node(node(number));
}

#[test]
fn a_client_goes_on_after_the_process_was_killed() {
    let stores = Stores::new();
    let first = stores.process(1);
    let log = alices(&first.logs);
    append(&log, "one");
    let mut client = first.alice(&log);
    assert_eq!(client.read_data(), ["one"]);
    append(&log, "two");
    mem::forget(log);
    kill(&stores, 1, first, &mut client);

    let second = stores.process(2);
    assert_eq!(client.reconnect(&second).unwrap(), 2);
    assert_eq!(client.read_data(), ["two"]);
    assert!(client.is_served());
}

#[test]
fn a_client_goes_on_after_the_process_has_shut_down() {
    let stores = Stores::new();
    let first = stores.process(1);
    let log = alices(&first.logs);
    append(&log, "one");
    let mut client = first.alice(&log);
    assert_eq!(client.read_data(), ["one"]);
    append(&log, "two");
    client.disconnect();
    drop((first, log));

    let second = stores.process(2);
    client.reconnect(&second).unwrap();
    assert_eq!(client.read_data(), ["two"]);
}

/// A log whose writer died, and the next process, which knows of it.
struct Orphan {
    stores: Stores,
    process: Stage,
    /// What the process has of the store.
    store: HeldLogs,
    log: Log,
    /// It has had the first of two events.
    client: Client,
}

impl Orphan {
    fn new() -> Self {
        let stores = Stores::new();
        let first = stores.process(1);
        let log = alices(&first.logs);
        append(&log, "one");
        let mut client = first.alice(&log);
        client.read();
        append(&log, "two");
        mem::forget(log);
        kill(&stores, 1, first, &mut client);

        let (process, store) = stores.process_and_store(2);
        let resumed = process.resume(&client.id, token(1)).unwrap();
        let log = resumed.log().clone();
        client.connection = Some(resumed.subscribe());
        assert!(log.is_orphaned());
        Self {
            stores,
            process,
            store,
            log,
            client,
        }
    }

    fn end(&self) -> Option<LogEnd> {
        stored(&self.stores.logs, &self.log).bounds.end
    }

    /// The client is told that the work failed.
    fn assert_failed(mut self) {
        assert_eq!(self.end(), Some(LogEnd::Failed));
        self.client.disconnect();
        self.client.reconnect(&self.process).unwrap();
        let (events, ended) = self.client.read();
        assert!(ended && events.iter().any(|(name, _)| name == "sse.error"));
    }
}

/// The handler died with its process. The next one can take its work over, and the client gets the end.
#[test]
fn a_log_whose_writer_died_is_claimed_and_ended() {
    let Orphan {
        log, mut client, ..
    } = Orphan::new();
    assert!(block_on(log.claim()).unwrap());
    assert!(!log.is_orphaned() && !block_on(log.claim()).unwrap());
    assert!(client.is_served());
    let publisher = Publisher::new(log.clone());
    append(&log, "three");
    block_on(publisher.finish()).unwrap();
    assert_eq!(client.read_data(), ["three"]);
    let end = client.connection.as_ref().unwrap().end();
    assert_eq!(end, Some(SubscriptionEnd::Complete));
}

/// The client is gone again before the store has answered. The log has a writer that does nothing, so it has
/// failed.
#[test]
fn a_log_that_is_claimed_for_nobody_has_failed() {
    let orphan = Orphan::new();
    let Orphan { store, log, .. } = &orphan;
    let held = store.hold();
    let mut claim = Box::pin(log.claim());
    assert!(poll_once(&mut claim).is_pending());
    drop(claim);
    assert!(log.is_orphaned(), "it is not known yet");
    held.release();
    store.answer();
    // It goes on with what was kept.
    orphan.process.arrival();
    assert!(!log.is_orphaned() && !block_on(log.claim()).unwrap());
    orphan.assert_failed();
}

/// The store has claimed the log, and its answer was lost. It is found out when it is claimed again.
#[test]
fn a_log_that_was_claimed_without_an_answer_has_failed() {
    let orphan = Orphan::new();
    let Orphan { store, log, .. } = &orphan;
    store.lose_answers(true);
    block_on(log.claim()).unwrap_err();
    assert!(log.is_orphaned(), "it is not known yet");
    store.lose_answers(false);
    assert!(!block_on(log.claim()).unwrap());
    assert!(!log.is_orphaned(), "it has ended");
    orphan.assert_failed();
}

/// It was not claimed, and so it is when the store can be asked again.
#[test]
fn a_log_that_could_not_be_claimed_is_claimed_later() {
    let orphan = Orphan::new();
    let Orphan { store, log, .. } = &orphan;
    store.fail(true);
    block_on(log.claim()).unwrap_err();
    store.fail(false);
    assert!(block_on(log.claim()).unwrap());
    let publisher = Publisher::new(log.clone());
    // A second claim takes nothing from the publisher.
    store.fail(true);
    block_on(log.claim()).unwrap_err();
    store.fail(false);
    assert!(!log.is_orphaned(), "it is written here");
    assert!(!block_on(log.claim()).unwrap());
    assert_eq!(orphan.end(), None);
    drop(publisher);
}

/// Another process was faster. What it writes goes on.
#[test]
fn a_log_that_another_process_has_claimed_goes_on() {
    let mut orphan = Orphan::new();
    orphan.store.fail(true);
    block_on(orphan.log.claim()).unwrap_err();
    orphan.store.fail(false);
    orphan.client.disconnect();
    let third = orphan.stores.process(3);
    let resumed = third.resume(&orphan.client.id, token(1)).unwrap();
    assert!(block_on(resumed.log().claim()).unwrap());
    assert!(!block_on(orphan.log.claim()).unwrap());
    assert!(!orphan.log.is_orphaned(), "it is known whose it is");
    assert_eq!(orphan.end(), None);
    append(resumed.log(), "three");
}

/// Only the process that opened it has the log.
#[test]
fn without_a_store_of_logs_another_process_refuses() {
    let stores = Stores::new();
    let first = stores.process(1);
    let log = alices(&first.logs);
    let mut client = first.alice(&log);
    client.read();
    let mut second = stores.process(2);
    let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
    second.sessions = Sessions::new(stores.sessions.clone(), keys).with_clock(stores.clock.clone());
    let refused = client.reconnect(&second);
    assert!(
        matches!(refused, Err(ResumeError::Refused(InvalidIdReason::Unknown))),
        "{refused:?}"
    );
    // That changed nothing.
    assert!(client.is_served());
    assert_eq!(client.reconnect(&first).unwrap(), 2);
}

/// The user has stopped the answer while nobody wrote it. Who takes it over is told.
#[test]
fn a_request_to_stop_is_for_the_next_writer() {
    let orphan = Orphan::new();
    orphan.log.stop(StopReason::Requested);
    assert!(block_on(orphan.log.claim()).unwrap());
    assert_eq!(orphan.log.stop_reason(), Some(StopReason::Requested));
}

/// The writer may try again.
#[test]
fn an_end_that_the_store_does_not_answer_closes_nothing() {
    let stores = Stores::new();
    let (process, store) = stores.process_and_store(1);
    let log = alices(&process.logs);
    store.fail(true);
    let error = block_on(log.end(LogEnd::Complete)).unwrap_err();
    assert_eq!(error.kind(), AppendErrorKind::Unavailable);
    store.fail(false);
    append(&log, "one");
    block_on(log.end(LogEnd::Complete)).unwrap();
}

/// The work ends while its store can't be asked. Its clients are told all the same.
#[test]
fn clients_are_told_of_a_failure_that_the_store_is_not() {
    let stores = Stores::new();
    let (process, store) = stores.process_and_store(1);
    let log = alices(&process.logs);
    let publisher = Publisher::new(log.clone());
    let mut client = process.alice(&log);
    client.read();
    store.fail(true);
    drop(publisher);
    let (events, ended) = client.read();
    assert!(ended && events.iter().any(|(name, _)| name == "sse.error"));
    assert_eq!(stored(&stores.logs, &log).bounds.end, None);
}

/// The log has failed while its client was away, and has gone with its process. That can't be told any more, and the
/// client must not begin anew.
#[test]
fn a_failure_whose_log_is_gone_is_the_end() {
    let stores = Stores::new();
    let keys = || ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
    let process = || {
        let mut process = stores.process(1);
        process.logs = Logs::default().with_clock(stores.clock.clone());
        process.sessions =
            Sessions::new(stores.sessions.clone(), keys()).with_clock(stores.clock.clone());
        process
    };
    let first = process();
    let log = alices(&first.logs);
    let publisher = Publisher::new(log.clone());
    let mut client = first.alice(&log);
    append(&log, "one");
    assert_eq!(client.read_data(), ["one"]);
    drop(publisher);
    client.disconnect();
    drop((first, log));
    let gone = client.reconnect(&process());
    assert!(
        matches!(gone, Err(ResumeError::Gone(GoneReason::Complete))),
        "{gone:?}"
    );
}

/// A user signs out at one process, and the work runs in another.
#[test]
fn a_session_closed_by_another_process_stops_its_writer() {
    let stores = Stores::new();
    let (first, second) = (stores.process(1), stores.process(2));
    let log = alices(&first.logs);
    append(&log, "one");
    let mut client = first.alice(&log);
    client.read();
    client.disconnect();
    let alice = Subject::new("alice").unwrap();
    assert_eq!(block_on(second.sessions.revoke(&alice)).unwrap(), 1);
    assert!(stores.logs.inner.is_empty(), "its log is freed");
    assert_eq!(refused_by(&log), Some(AppendErrorKind::Closed));
    assert_eq!(log.stop_reason(), Some(StopReason::Closed));
}

/// The work was done when the process died.
#[test]
fn a_log_that_ended_is_read_to_its_end_by_the_next_process() {
    let stores = Stores::new();
    let first = stores.process(1);
    let log = alices(&first.logs);
    append(&log, "one");
    let mut client = first.alice(&log);
    client.read();
    append(&log, "two");
    block_on(log.end(LogEnd::Complete)).unwrap();
    assert_eq!(
        stored(&stores.logs, &log).bounds.end,
        Some(LogEnd::Complete)
    );
    mem::forget(log);
    kill(&stores, 1, first, &mut client);

    let second = stores.process(2);
    client.reconnect(&second).unwrap();
    assert_eq!(client.read_data(), ["two"]);
    let end = client.connection.as_ref().unwrap().end();
    assert_eq!(end, Some(SubscriptionEnd::Complete));
    client.disconnect();
    let complete = client.reconnect(&second);
    assert!(
        matches!(complete, Err(ResumeError::Gone(_))),
        "{complete:?}"
    );
}

/// A client that comes back too late finds its session closed, whichever process it asks.
#[test]
fn a_session_that_no_process_serves_ends_when_its_time_is_up() {
    let stores = Stores::new();
    let first = stores.process(1);
    let log = alices(&first.logs);
    let mut client = first.alice(&log);
    client.read();
    client.disconnect();
    drop((first, log));
    let second = stores.process(2);
    second.wait(Duration::from_secs(121));
    second.sessions.sweep();
    assert!(matches!(
        client.reconnect(&second),
        Err(ResumeError::Gone(_))
    ));
    assert!(stores.logs.inner.is_empty(), "its log is freed");
}

/// A client has had events of a feed from another node, of which this one has not heard yet. They are not
/// lost, and do not come twice. I17
#[test]
fn a_client_that_knows_more_than_its_new_node_gets_each_event_once() {
    let stores = Stores::new();
    let (first, second) = (stores.process(1), stores.process(2));
    let [there, here] = [&first, &second].map(|process| {
        let topics = Topics::new(process.logs.clone());
        block_on(topics.log("chat", None)).unwrap()
    });
    let grant = first.grant("alice");
    let log = Arc::new(there.clone());
    let opening = Opening::new(first.arrival(), &grant, token(1), log).on_shared_log();
    let opened = block_on(first.sessions.open(opening)).unwrap();
    let mut client = Client::new(token(1), opened);
    for data in ["one", "two", "three"] {
        append(&there, data);
    }
    assert_eq!(client.read_data(), ["one", "two", "three"]);

    client.reconnect(&second).unwrap();
    let (events, _) = client.read();
    let names: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["sse.open"]);
    assert_eq!(here.bounds().last, 3);
    append(&there, "four");
    append(&here, "five");
    assert_eq!(client.read_data(), ["four", "five"]);
    assert!(client.is_served());
}

/// A topic that makes room for another one is forgotten by its process. Its young events stay in the store. G19
#[test]
fn a_topic_that_makes_room_keeps_its_events() {
    let stores = Stores::new();
    let topics = |process: &Stage| Topics::new(process.logs.clone()).with_max(1);
    let publish = |topics: &Topics, name| {
        let event = Event::new().data(name);
        block_on(topics.publish(name, None, &event)).unwrap()
    };
    let first = stores.process(1);
    publish(&topics(&first), "a");
    drop(first);

    // What this process has of the log is empty: the event is in the store.
    let (second, store) = stores.process_and_store(2);
    let crowded = topics(&second);
    let log = block_on(crowded.get("a")).unwrap().unwrap();
    let name = log.name();
    drop(log);
    publish(&crowded, "b");
    assert_eq!(crowded.names(), ["b"]);
    assert_eq!(
        store.released(),
        [name],
        "the store knows that it is not used here"
    );
    for name in ["a", "b"] {
        let found = block_on(topics(&second).get(name)).unwrap();
        let bounds = found.expect("the store has it").bounds();
        assert_eq!((bounds.first, bounds.last), (1, 1), "{name}");
    }
}
