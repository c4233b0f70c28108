//! Events that one node appends reach readers on all others. I19

use std::time::Duration;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_resume::backend::{Bus, LogEnd, Notice};
use sse_gate_resume::{Publisher, Topics};

use crate::cluster::{Cluster, Moved, alices, topic};
use crate::support::append;

#[test]
fn a_waiting_reader_gets_what_another_node_appends() {
    let cluster = Cluster::new();
    let mut moved = Moved::between(cluster.node(1), cluster.node(2));
    assert!(moved.client.read_data().is_empty());
    for number in 0..100 {
        append(&moved.log, &number.to_string());
    }
    cluster.executor.settle();
    let expected: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    assert_eq!(moved.client.read_data(), expected);
}

/// Two nodes append in turn: readers on both get all of it, in one order.
#[test]
fn a_feed_with_writers_on_two_nodes_is_the_same_on_both() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let logs = topic([&one, &two], "chat");
    assert_eq!(logs[0].epoch(), logs[1].epoch());
    let mut alice = one.alice(&logs[0]);
    let bob = two.open(&two.grant("bob"), crate::support::token(2), &logs[1]);
    let mut bob = crate::support::Client::new(crate::support::token(2), bob.unwrap());
    assert!(alice.is_served() && bob.is_served());
    let mut expected = Vec::new();
    for round in 0..20 {
        append(&logs[round % 2], &round.to_string());
        if round % 3 == 0 {
            cluster.executor.settle();
        }
        expected.push(round.to_string());
    }
    cluster.executor.settle();
    assert_eq!(alice.read_data(), expected);
    assert_eq!(bob.read_data(), expected);
    assert_eq!(logs[0].bounds(), logs[1].bounds());
}

/// A node that appends and ends does not tell its readers that they have all before they do.
#[test]
fn the_end_of_a_feed_comes_after_what_other_nodes_appended() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let logs = topic([&one, &two], "match");
    let mut alice = one.alice(&logs[0]);
    assert!(alice.is_served());
    // The notice of this one is on its way.
    append(&logs[1], "goal");
    block_on(Publisher::new(logs[0].clone()).finish()).unwrap();
    let (before, ended) = alice.read();
    assert!(!ended || before.iter().any(|(_, data)| data == "goal"));
    cluster.executor.settle();
    let (rest, ended) = alice.read();
    let all: Vec<_> = before.into_iter().chain(rest).collect();
    assert!(all.iter().any(|(_, data)| data == "goal"), "{all:?}");
    assert!(ended);
}

/// A topic that another node has removed begins anew.
#[test]
fn a_topic_that_is_gone_begins_anew() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let topics = [&one, &two].map(|node| Topics::new(node.logs.clone()));
    let [here, there] = &topics;
    let old = block_on(here.log("chat", None)).unwrap();
    append(&old, "one");
    assert!(block_on(there.remove("chat")).unwrap());
    // It is noticed at the latest when something is appended.
    assert!(block_on(here.publish("chat", None, &Event::new().data("lost"))).is_err());
    let new = block_on(here.log("chat", None)).unwrap();
    assert_ne!(new.epoch(), old.epoch());
    assert_eq!(append(&new, "two"), 1);
    assert!(block_on(here.get("chat")).unwrap().is_some());
}

/// A node that needs room forgets a topic. The clients of another node still follow it. G19
#[test]
fn a_topic_that_one_node_forgets_goes_on_at_the_others() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let [crowded, other] = [&one, &two].map(|node| Topics::new(node.logs.clone()));
    let crowded = crowded.with_max(1);
    drop(block_on(crowded.log("a", None)).unwrap());
    let log = block_on(other.log("a", None)).unwrap();
    let mut client = two.alice(&log);
    assert!(client.is_served());
    append(&log, "one");

    block_on(crowded.log("b", None)).unwrap();
    assert_eq!(crowded.names(), ["b"]);
    cluster.executor.settle();
    append(&log, "two");
    assert_eq!(client.read_data(), ["one", "two"]);
}

/// What is heard while the store is being read is fetched after that.
#[test]
fn a_notice_that_comes_during_a_fetch_is_not_forgotten() {
    let cluster = Cluster::new();
    let mut moved = Moved::between(cluster.node(1), cluster.node(2));
    assert!(moved.client.is_served());
    let held = cluster.hold_reads();
    append(&moved.log, "one");
    cluster.executor.settle();
    // The answer that is on its way does not have this one.
    append(&moved.log, "two");
    block_on(moved.log.end(LogEnd::Complete)).unwrap();
    cluster.executor.settle();
    held.release();
    cluster.executor.settle();
    assert_eq!(moved.client.read_data(), ["one", "two"]);
}

#[test]
fn an_end_on_another_node_is_told() {
    let cluster = Cluster::new();
    let mut moved = Moved::between(cluster.node(1), cluster.node(2));
    assert!(moved.client.is_served());
    block_on(async {
        moved.log.append(&Event::new().data("last")).await.unwrap();
        moved.log.end(LogEnd::Complete).await.unwrap();
    });
    cluster.executor.settle();
    let (events, ended) = moved.client.read();
    let names: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, ended), (vec!["message", "sse.close"], true));
}

/// However many readers there are on a node, an event is fetched from the store once.
#[test]
fn an_event_that_another_node_appended_is_fetched_once_for_all_readers() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let logs = topic([&one, &two], "news");
    let mut clients: Vec<_> = (0..50)
        .map(|number| {
            let token = crate::support::token(number);
            let opened = two.open(&two.grant(&format!("user {number}")), token, &logs[1]);
            crate::support::Client::new(token, opened.unwrap())
        })
        .collect();
    for client in &mut clients {
        assert!(client.is_served());
    }
    let before = cluster.reads();
    append(&logs[0], "hello");
    cluster.executor.run_for(Duration::from_secs(1));
    for client in &mut clients {
        assert_eq!(client.read_data(), ["hello"]);
    }
    assert_eq!(cluster.reads() - before, 1);
}

/// Publishes a notice that no store has announced.
fn forge(cluster: &Cluster, notice: Notice) {
    block_on(cluster.bus.publish(notice)).unwrap();
    cluster.executor.settle();
}

/// A notice is a hint: a forged one makes a node look into the store, and no more.
#[test]
fn a_forged_notice_of_events_changes_nothing() {
    for has_reader in [false, true] {
        for last in [1_000, u64::MAX] {
            let cluster = Cluster::new();
            let one = cluster.node(1);
            let log = alices(&one);
            append(&log, "one");
            let mut client = one.alice(&log);
            if has_reader {
                assert_eq!(client.read_data(), ["one"]);
            } else {
                client.disconnect();
            }
            let (log_epoch, end) = (log.epoch(), Some(LogEnd::Complete));
            forge(
                &cluster,
                Notice::Appended {
                    log: log_epoch,
                    last,
                    end,
                },
            );
            assert_eq!((log.bounds().last, log.bounds().end), (1, None));
            assert_eq!(append(&log, "two"), 2);
            cluster.executor.run_for(Duration::from_secs(20));
            assert!(one.sessions.is_connected());
            if has_reader {
                assert_eq!(client.read_data(), ["two"]);
                assert!(client.is_served());
            }
        }
    }
}

/// What could not be fetched is asked for again.
#[test]
fn an_event_is_fetched_when_the_store_can_be_asked_again() {
    let cluster = Cluster::new();
    let mut moved = Moved::between(cluster.node(1), cluster.node(2));
    assert!(moved.client.is_served());
    cluster.fail_reads(true);
    append(&moved.log, "one");
    cluster.executor.settle();
    assert!(moved.client.is_served());
    cluster.fail_reads(false);
    cluster.executor.run_for(Duration::from_secs(3));
    assert_eq!(moved.client.read_data(), ["one"]);
}

/// Events that came while nothing read the log here are fetched when something does.
#[test]
fn a_reader_that_comes_later_gets_what_was_announced_before() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let [there, here] = topic([&one, &two], "chat");
    append(&there, "one");
    append(&there, "two");
    cluster.executor.settle();
    let mut alice = two.alice(&here);
    cluster.executor.settle();
    append(&there, "three");
    cluster.executor.settle();
    assert_eq!(alice.read_data(), ["one", "two", "three"]);
}

/// A log of a store is fed by what runs the sessions' work, even if its own logs have nothing that does.
#[test]
fn logs_without_a_runtime_of_their_own_are_fed() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node_without_log_spawn(2));
    let mut moved = Moved::between(one, two);
    assert!(moved.client.is_served());
    let held = cluster.hold_reads();
    append(&moved.log, "one");
    cluster.executor.settle();
    held.release();
    cluster.executor.settle();
    assert_eq!(moved.client.read_data(), ["one"]);
}
