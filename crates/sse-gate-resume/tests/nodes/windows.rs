//! What a node's window of a log does with what the store answers. I19

use std::mem;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use pollster::block_on;
use sse_gate_resume::backend::{Bus, LogEnd, Notice, SubscriptionEnd};
use sse_gate_resume::error::AppendErrorKind;
use sse_gate_resume::{Log, Publisher, StopReason, Topics};

use crate::cluster::{Cluster, Moved, alices, topic};
use crate::support::{Client, Got, Stage, append, poll, token};

/// A topic was removed and made again on another node, and this one was not told. Its old log is closed:
/// what is in the new one is not the old one's.
#[test]
fn a_log_whose_name_another_one_has_is_closed() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let [here, there] = [&one, &two].map(|node| Topics::new(node.logs.clone()));
    let old = block_on(here.log("chat", None)).unwrap();
    cluster.bus.is_down.store(true, Ordering::Relaxed);
    assert!(block_on(there.remove("chat")).unwrap());
    let new = block_on(there.log("chat", None)).unwrap();
    append(&new, "one");
    block_on(new.end(LogEnd::Complete)).unwrap();
    cluster.executor.run_for(Duration::from_secs(3));
    cluster.bus.is_down.store(false, Ordering::Relaxed);
    cluster.executor.run_for(Duration::from_secs(3));
    assert_eq!(old.stop_reason(), Some(StopReason::Closed));
    assert_eq!((old.bounds().last, old.bounds().end), (0, None));
}

/// The store could not be read until it had trimmed all events but the last. The window begins with that
/// one, so that it is not asked for again.
#[test]
fn a_window_begins_where_its_store_does() {
    let cluster = Cluster::new();
    let mut moved = Moved::between(cluster.node(1), cluster.node(2));
    assert!(moved.client.is_served());
    cluster.fail_reads(true);
    for number in 1..=5 {
        append(&moved.log, &number.to_string());
    }
    cluster.executor.run_for(Duration::from_secs(601));
    append(&moved.log, "6");
    assert!(moved.client.is_served());
    cluster.fail_reads(false);
    let before = cluster.reads();
    cluster.executor.run_for(Duration::from_secs(3));
    let (events, _) = moved.client.read();
    let names: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["sse.gap", "message"]);
    // One for the window, and one for the reader, which learns of the gap.
    assert_eq!(cluster.reads() - before, 2);
    append(&moved.log, "7");
    cluster.executor.settle();
    assert_eq!(moved.client.read_data(), ["7"]);
}

/// What one look at the store does not give is asked for by the window, and not by each of its readers.
#[test]
fn many_events_are_fetched_once_for_all_readers() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let [there, here] = topic([&one, &two], "news");
    let mut clients = [1, 2, 3].map(|number| {
        let grant = two.grant(&format!("user {number}"));
        Client::new(
            token(number),
            two.open(&grant, token(number), &here).unwrap(),
        )
    });
    assert!(clients.iter_mut().all(Client::is_served));
    let before = cluster.reads();
    let long = "x".repeat(1_000);
    for _ in 0..100 {
        append(&there, &long);
    }
    cluster.executor.settle();
    for client in &mut clients {
        assert_eq!(client.read_data().len(), 100);
    }
    // 64 KiB at a time.
    assert_eq!(cluster.reads() - before, 2);
}

/// What is fetched is added to what the window has.
#[test]
fn events_of_this_node_stay_in_the_window() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let [there, here] = topic([&one, &two], "chat");
    let mut alice = two.alice(&here);
    assert!(alice.is_served());
    append(&here, "one");
    cluster.executor.settle();
    let before = cluster.reads();
    append(&there, "two");
    cluster.executor.settle();
    assert_eq!(alice.read_data(), ["one", "two"]);
    assert_eq!(cluster.reads() - before, 1);
}

/// The store has an event that this node lacks, and can't be read. The client comes back for it.
#[test]
fn a_reader_is_told_that_an_event_cannot_be_read() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let [there, here] = topic([&one, &two], "chat");
    let mut alice = two.alice(&here);
    assert!(alice.is_served());
    append(&there, "one");
    cluster.fail_reads(true);
    // Its number says that there is one before it.
    assert_eq!(append(&here, "two"), 2);
    assert!(!alice.is_served());
    let end = alice.connection.as_ref().unwrap().end();
    assert_eq!(end, Some(SubscriptionEnd::LogUnavailable));
    cluster.fail_reads(false);
    alice.reconnect(&two).unwrap();
    assert_eq!(alice.read_data(), ["one", "two"]);
}

/// What was only heard of takes nothing away.
#[test]
fn a_window_is_read_while_its_store_cannot_be() {
    let cluster = Cluster::new();
    let one = cluster.node(1);
    let log = alices(&one);
    let mut alice = one.alice(&log);
    assert!(alice.is_served());
    append(&log, "one");
    cluster.fail_reads(true);
    let forged = Notice::Appended {
        log: log.epoch(),
        last: 1_000,
        end: None,
    };
    block_on(cluster.bus.publish(forged)).unwrap();
    cluster.executor.settle();
    assert!(cluster.reads() > 0);
    assert_eq!(alice.read_data(), ["one"]);
    assert!(alice.is_served());
}

/// The end may come later than the last event.
#[test]
fn an_end_is_told_to_those_who_have_all_events() {
    let cluster = Cluster::new();
    let mut moved = Moved::between(cluster.node(1), cluster.node(2));
    append(&moved.log, "last");
    cluster.executor.settle();
    assert_eq!(moved.client.read_data(), ["last"]);
    block_on(moved.log.end(LogEnd::Complete)).unwrap();
    cluster.executor.settle();
    assert!(!moved.client.is_served());
    let end = moved.client.connection.as_ref().unwrap().end();
    assert_eq!(end, Some(SubscriptionEnd::Complete));
}

/// Nodes tell a writer that its log is read where it is not. One that is on the same node sees it.
#[test]
fn readers_beside_their_writer_are_not_announced() {
    let cluster = Cluster::new();
    let one = cluster.node(1);
    let log = alices(&one);
    let mut alice = one.alice(&log);
    let publisher = Publisher::new(log);
    let mut notices = block_on(cluster.bus.subscribe()).unwrap();
    cluster.executor.run_for(Duration::from_secs(10));
    assert!(alice.is_served());
    let mut cx = Context::from_waker(Waker::noop());
    while let Poll::Ready(notice) = notices.poll_next(&mut cx) {
        assert!(!matches!(notice, Some(Notice::Read { .. })), "{notice:?}");
    }
    drop(publisher);
}

/// The node of a log's writer dies while a client reads the log on another node. Nothing would come any
/// more, no end either. So the client is sent away, and when it is back, its handler finds that the log has
/// no writer.
#[test]
fn readers_of_a_log_without_a_writer_are_sent_away() {
    let cluster = Cluster::new();
    let mut moved = Moved::between(cluster.node(1), cluster.node(2));
    append(&moved.log, "one");
    cluster.executor.settle();
    assert_eq!(moved.client.read_data(), ["one"]);
    // As long as its node lives, a writer may be silent.
    cluster.executor.run_for(Duration::from_secs(60));
    assert!(moved.client.is_served());

    cluster.lose_node(1);
    cluster.executor.run_for(Duration::from_secs(6));
    let mut connection = moved.client.connection.take().unwrap();
    assert_eq!(poll(&mut connection), Got::Last(Vec::new()));
    assert_eq!(connection.end(), Some(SubscriptionEnd::WriterGone));
    drop(connection);

    let Moved { two, client, .. } = moved;
    let resumed = two.resume(&client.id, client.token).unwrap();
    let log = resumed.log().clone();
    assert!(log.is_orphaned());
    let mut client = Client::new(client.token, resumed.subscribe());
    assert!(client.is_served());
    assert!(block_on(log.claim()).unwrap());
    append(&log, "two");
    block_on(log.end(LogEnd::Complete)).unwrap();
    cluster.executor.settle();
    let (events, has_ended) = client.read();
    assert!(
        events.contains(&("message".to_owned(), "two".to_owned())),
        "{events:?}"
    );
    assert!(has_ended);
}

/// A client was told that its log has failed. It comes back to a node that has not heard of the end, and misses
/// nothing there.
#[test]
fn a_failure_is_told_again_where_it_is_not_known() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let [there, _here] = topic([&one, &two], "news");
    let mut alice = one.alice(&there);
    assert!(alice.is_served());
    cluster.bus.is_deaf.store(true, Ordering::Relaxed);
    append(&there, "one");
    block_on(there.end(LogEnd::Failed)).unwrap();
    let told = ["message", "sse.error"].map(str::to_owned).to_vec();
    assert_eq!(names(&cluster, &mut alice), (told, true));
    let id = alice.id.clone();
    alice.disconnect();
    alice.reconnect(&two).unwrap();
    let told = ["sse.open", "sse.error"].map(str::to_owned).to_vec();
    assert_eq!(names(&cluster, &mut alice), (told, true));
    let seq = |id: &str| id.rsplit('.').next().unwrap().to_owned();
    assert_eq!(seq(&alice.id), seq(&id), "it counts as one event, and once");
}

/// What a client reads, and whether its stream has ended then.
fn names(cluster: &Cluster, client: &mut Client) -> (Vec<String>, bool) {
    cluster.executor.settle();
    let (events, has_ended) = client.read();
    let names = events.into_iter().map(|(name, _)| name);
    (names.collect(), has_ended)
}

/// A node that was cut off for long has lost its log to another node. What it does then ends nothing, there or here.
#[test]
fn a_node_that_has_lost_its_log_does_not_end_it() {
    let ends: [fn(Publisher); 2] = [drop, |publisher| {
        let error = block_on(publisher.finish()).unwrap_err();
        assert_eq!(error.kind(), AppendErrorKind::Closed);
    }];
    for end in ends {
        let cluster = Cluster::new();
        let (one, two) = (cluster.node(1), cluster.node(2));
        let lost = alices(&one);
        let publisher = Publisher::new(lost.clone());
        let mut alice = one.alice(&lost);
        append(&lost, "one");
        assert_eq!(alice.read_data(), ["one"]);
        alice.disconnect();
        // It lives, and the others don't know.
        cluster.forget_node(1);
        let resumed = two.resume(&alice.id, alice.token).unwrap();
        let log = resumed.log().clone();
        assert!(block_on(log.claim()).unwrap());
        let writes = Publisher::new(log.clone());
        let mut alice = Client::new(alice.token, resumed.subscribe());
        assert!(alice.is_served());
        end(publisher);
        cluster.executor.settle();
        assert_eq!(lost.bounds().end, None);
        assert_eq!(lost.stop_reason(), Some(StopReason::Closed));
        append(&log, "two");
        assert_eq!(alice.read_data(), ["two"]);
        alice.disconnect();
        alice.reconnect(&one).unwrap();
        append(&log, "three");
        cluster.executor.settle();
        assert_eq!(alice.read_data(), ["three"]);
        // It gets the log back when the other node dies.
        mem::forget(writes);
        cluster.lose_node(2);
        assert!(block_on(lost.claim()).unwrap());
        append(&lost, "four");
        assert_eq!(alice.read_data(), ["four"]);
    }
}

/// A log whose writer died with node 1, and its client, which has come back to node 2.
struct Orphan {
    cluster: Cluster,
    two: Stage,
    log: Log,
    client: Client,
}

impl Orphan {
    fn found_on_two() -> Self {
        let cluster = Cluster::new();
        let Moved { two, client, .. } = Moved::between(cluster.node(1), cluster.node(2));
        cluster.lose_node(1);
        cluster.executor.run_for(Duration::from_secs(6));
        let resumed = two.resume(&client.id, client.token).unwrap();
        let log = resumed.log().clone();
        let mut client = Client::new(client.token, resumed.subscribe());
        assert!(client.is_served() && log.is_orphaned());
        Self {
            cluster,
            two,
            log,
            client,
        }
    }
}

/// A node has no room for work that died, and another one takes it over. The first one hears that the log is written.
#[test]
fn a_log_that_another_node_writes_is_no_orphan() {
    let Orphan {
        cluster,
        two: _two,
        log: full,
        mut client,
    } = Orphan::found_on_two();
    let three = cluster.node(3);
    client.disconnect();
    // Node 2 does not look for the writer any more. What it hears late is of the writer that died.
    cluster.executor.run_for(Duration::from_secs(6));
    let late = Notice::Appended {
        log: full.epoch(),
        last: full.bounds().last,
        end: None,
    };
    block_on(cluster.bus.publish(late)).unwrap();
    cluster.executor.settle();
    assert!(full.is_orphaned());
    let resumed = three.resume(&client.id, client.token).unwrap();
    let log = resumed.log().clone();
    assert!(block_on(log.claim()).unwrap());
    append(&log, "one");
    cluster.executor.settle();
    assert!(!full.is_orphaned());
}

/// The store has claimed a log for a node, and the answer was lost. Its client comes back to another node, for which the
/// log has a writer that lives.
#[test]
fn a_log_that_was_claimed_without_an_answer_ends_for_clients_of_other_nodes() {
    let Orphan {
        cluster,
        two: _two,
        log,
        mut client,
    } = Orphan::found_on_two();
    let three = cluster.node(3);
    client.disconnect();
    // Nothing on this node looks for the writer any more.
    cluster.executor.run_for(Duration::from_secs(6));
    cluster.lose_answers(true);
    block_on(log.claim()).unwrap_err();
    cluster.lose_answers(false);
    drop(log);
    client.reconnect(&three).unwrap();
    assert!(client.is_served());
    cluster.executor.run_for(Duration::from_secs(6));
    let (told, has_ended) = names(&cluster, &mut client);
    assert!(
        has_ended && told.iter().any(|name| name == "sse.error"),
        "{told:?}"
    );
}

/// The store has claimed a log for a node, and its answer was lost. The node finds that out while a client reads
/// the log, as nothing comes.
#[test]
fn a_log_that_was_claimed_without_an_answer_ends() {
    let Orphan {
        cluster,
        two: _two,
        log,
        mut client,
    } = Orphan::found_on_two();
    cluster.lose_answers(true);
    block_on(log.claim()).unwrap_err();
    cluster.lose_answers(false);
    cluster.executor.run_for(Duration::from_secs(6));
    let (events, has_ended) = client.read();
    assert!(has_ended && events.iter().any(|(name, _)| name == "sse.error"));
}

/// A client comes back to a node that has not heard of its last event. The node hears of it while the client
/// waits for the store, which then says that there is nothing more. That is no reason to end the connection.
#[test]
fn a_window_that_catches_up_while_its_store_is_asked_goes_on() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let [there, _here] = topic([&one, &two], "news");
    let mut alice = one.alice(&there);
    assert!(alice.is_served());
    append(&there, "one");
    assert_eq!(alice.read_data(), ["one"]);
    alice.disconnect();
    alice.reconnect(&two).unwrap();
    let held = cluster.hold_reads();
    assert!(alice.is_served());
    cluster.executor.settle();
    held.release();
    assert!(alice.is_served());
    append(&there, "two");
    cluster.executor.settle();
    assert_eq!(alice.read_data(), ["two"]);
}
