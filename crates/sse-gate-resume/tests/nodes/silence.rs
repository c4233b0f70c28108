//! A node that does not hear the others emits nothing from some time on. I19

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::Subject;
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{Log, Opening};

use crate::cluster::{Cluster, MAX_SILENCE, Moved, alices};
use crate::support::{Client, Fate, Got, Stage, append, poll, token};

/// A node that serves alice, and the log that she reads.
fn served() -> (Cluster, Stage, Log, Client) {
    let cluster = Cluster::new();
    let one = cluster.node(1);
    let log = alices(&one);
    let mut client = one.alice(&log);
    assert!(client.is_served());
    (cluster, one, log, client)
}

/// All notices are lost, and the node is not told. From ten seconds after the last thing that it heard
/// on, it emits nothing.
#[test]
fn a_connection_that_was_replaced_emits_nothing_when_the_probe_is_late() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let log = alices(&one);
    let mut client = one.alice(&log);
    assert!(client.is_served());
    let mut old = client.connection.take().unwrap();
    cluster.bus.is_deaf.store(true, Ordering::Relaxed);
    client.reconnect(&two).unwrap();
    append(&log, "secret");
    // It has not heard of it.
    assert!(matches!(poll(&mut old), Got::Some(_)));
    cluster.executor.run_for(MAX_SILENCE);
    append(&log, "later");
    assert_eq!(poll(&mut old), Got::Nothing);
    assert!(!one.sessions.is_connected());

    // When it hears again, it learns first what it has missed.
    cluster.bus.is_deaf.store(false, Ordering::Relaxed);
    cluster.executor.run_for(MAX_SILENCE * 2);
    assert!(one.sessions.is_connected());
    assert_eq!(poll(&mut old), Got::Last(Vec::new()));
    assert_eq!(client.read_data(), ["secret", "later"]);
}

/// No bytes of any kind: a retry or a close would be the word of a connection that may be replaced.
#[test]
fn a_node_that_hears_nothing_says_no_farewell() {
    let (cluster, _one, _log, mut client) = served();
    cluster.bus.is_deaf.store(true, Ordering::Relaxed);
    cluster.executor.run_for(MAX_SILENCE);
    let mut connection = client.connection.take().unwrap();
    let mut buffer = bytes::BytesMut::new();
    connection.shut_down(Duration::ZERO, &mut buffer);
    assert!(buffer.is_empty());
    assert!(connection.end().is_some());
}

#[test]
fn streams_go_on_when_the_channel_is_up_again() {
    let (cluster, _one, log, mut client) = served();
    cluster.bus.is_down.store(true, Ordering::Relaxed);
    cluster.executor.run_for(MAX_SILENCE);
    append(&log, "meanwhile");
    assert!(client.read_data().is_empty());
    assert!(client.connection.is_some());
    cluster.bus.is_down.store(false, Ordering::Relaxed);
    cluster.executor.run_for(MAX_SILENCE);
    assert_eq!(client.read_data(), ["meanwhile"]);
}

/// Set when a task is woken.
#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Lets the task of a client's connection wait.
fn wait(client: &mut Client) -> Arc<Flag> {
    let flag = Arc::<Flag>::default();
    let waker = Waker::from(Arc::clone(&flag));
    let mut cx = Context::from_waker(&waker);
    let connection = client.connection.as_mut().unwrap();
    let polled = connection.poll_write(&mut cx, &mut bytes::BytesMut::new());
    assert!(polled.is_pending());
    flag
}

/// Nothing else would wake it: what it waited for has come already.
#[test]
fn a_connection_that_was_held_up_is_woken() {
    let (cluster, _one, log, mut client) = served();
    cluster.bus.is_down.store(true, Ordering::Relaxed);
    cluster.executor.run_for(MAX_SILENCE);
    append(&log, "meanwhile");
    let flag = wait(&mut client);
    assert!(!flag.0.load(Ordering::Relaxed));
    cluster.bus.is_down.store(false, Ordering::Relaxed);
    cluster.executor.run_for(MAX_SILENCE);
    assert!(flag.0.load(Ordering::Relaxed));
    assert_eq!(client.read_data(), ["meanwhile"]);
}

/// A node with many connections wakes none of them because it still hears the others.
#[test]
fn a_connection_that_may_emit_is_not_woken_by_probes() {
    let (cluster, _one, log, mut client) = served();
    let flag = wait(&mut client);
    cluster.executor.run_for(MAX_SILENCE * 3);
    assert!(!flag.0.load(Ordering::Relaxed));
    append(&log, "one");
    assert!(flag.0.load(Ordering::Relaxed));
}

/// A subscription that ends and begins anew in time is not noticed by any client.
#[test]
fn a_short_gap_in_the_channel_stops_nothing() {
    let cluster = Cluster::new();
    let mut moved = Moved::between(cluster.node(1), cluster.node(2));
    cluster.bus.is_down.store(true, Ordering::Relaxed);
    // Its notice is lost.
    append(&moved.log, "unheard");
    cluster.executor.run_for(Duration::from_secs(4));
    assert!(moved.two.sessions.is_connected());
    cluster.bus.is_down.store(false, Ordering::Relaxed);
    cluster.executor.run_for(Duration::from_secs(4));
    assert_eq!(moved.client.read_data(), ["unheard"]);
    let alice = Subject::new("alice").unwrap();
    assert_eq!(block_on(moved.one.sessions.revoke(&alice)).unwrap(), 1);
}

/// No client gets in on a node that does not hear the others, and nothing is consumed.
#[test]
fn a_node_that_hears_nothing_lets_nobody_in() {
    let cluster = Cluster::new();
    let one = cluster.node(1);
    let two = cluster.deaf_node(2);
    let log = alices(&one);
    let mut client = one.alice(&log);
    assert!(client.is_served());
    client.disconnect();
    assert!(block_on(two.sessions.arrival()).is_err());
    let refused = client.reconnect(&two);
    assert!(matches!(refused, Err(ResumeError::Unavailable(_))));
    let reopened = block_on(two.sessions.reopen(token(1), Duration::from_secs(5)));
    assert!(matches!(reopened, Err(ResumeError::Unavailable(_))));

    cluster.listen(2, &two);
    cluster.executor.settle();
    assert_eq!(client.reconnect(&two).unwrap(), 2);
}

/// A node that could not look at its logs does not know what it has missed.
#[test]
fn a_node_that_cannot_look_at_its_logs_stays_silent() {
    let (cluster, one, log, mut client) = served();
    cluster.bus.is_down.store(true, Ordering::Relaxed);
    cluster.executor.run_for(MAX_SILENCE);
    append(&log, "meanwhile");
    cluster.bus.is_down.store(false, Ordering::Relaxed);
    cluster.fail_logs(true);
    cluster.executor.run_for(MAX_SILENCE);
    assert!(!one.sessions.is_connected());
    assert!(client.read_data().is_empty());
    cluster.fail_logs(false);
    cluster.executor.run_for(Duration::from_secs(5));
    assert!(one.sessions.is_connected());
    assert_eq!(client.read_data(), ["meanwhile"]);
}

/// The store has lost a session. It could not be revoked any more, so its connection ends.
#[test]
fn a_session_that_the_store_has_lost_ends() {
    let (cluster, _one, _log, mut client) = served();
    cluster.bus.is_down.store(true, Ordering::Relaxed);
    cluster.lose_sessions();
    cluster.executor.run_for(Duration::from_secs(3));
    cluster.bus.is_down.store(false, Ordering::Relaxed);
    cluster.executor.run_for(Duration::from_secs(3));
    assert!(!client.is_served());
}

/// A session is closed on another node before the answer has come that lets its client in, and the node
/// was deaf at that time.
#[test]
fn a_session_that_was_closed_before_it_was_admitted_is_not_served() {
    let cluster = Cluster::new();
    let (one, two) = (cluster.node(1), cluster.node(2));
    let log = alices(&one);
    let held = Arc::new(AtomicBool::new(true));
    let is_held = Arc::clone(&held);
    one.store.fates.set(move |operation| {
        let (is_held, is_answer) = (Arc::clone(&is_held), operation == "answer");
        poll_fn(move |cx| {
            if is_answer && is_held.load(Ordering::Relaxed) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(Fate::Done)
        })
    });
    let grant = one.grant("alice");
    held.store(false, Ordering::Relaxed);
    let arrival = one.arrival();
    held.store(true, Ordering::Relaxed);
    let mut opening = Box::pin(
        one.sessions
            .open(Opening::new(arrival, &grant, token(1), log)),
    );
    let mut cx = Context::from_waker(Waker::noop());
    assert!(opening.as_mut().poll(&mut cx).is_pending());

    cluster.bus.is_down.store(true, Ordering::Relaxed);
    let alice = Subject::new("alice").unwrap();
    assert_eq!(block_on(two.sessions.revoke(&alice)).unwrap(), 1);
    one.store.fates.clear();
    cluster.executor.run_for(Duration::from_secs(3));
    cluster.bus.is_down.store(false, Ordering::Relaxed);
    cluster.executor.run_for(Duration::from_secs(5));
    held.store(false, Ordering::Relaxed);
    let mut subscription = block_on(opening).unwrap();
    assert!(matches!(poll(&mut subscription), Got::Last(_)));
}

/// The store has no session yet, as its answer is late. That is no loss.
#[test]
fn a_session_that_is_not_made_yet_is_not_lost() {
    let cluster = Cluster::new();
    let one = cluster.node(1);
    let log = alices(&one);
    let (arrival, grant) = (one.arrival(), one.grant("alice"));
    let is_held = Arc::new(AtomicBool::new(true));
    let held = Arc::clone(&is_held);
    one.store.fates.set(move |operation| {
        let (held, is_create) = (Arc::clone(&held), operation == "create");
        poll_fn(move |_| {
            if is_create && held.load(Ordering::Relaxed) {
                return Poll::Pending;
            }
            Poll::Ready(Fate::Done)
        })
    });
    let opening = Opening::new(arrival, &grant, token(1), log);
    let mut opening = Box::pin(one.sessions.open(opening));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(opening.as_mut().poll(&mut cx).is_pending());
    cluster.bus.is_down.store(true, Ordering::Relaxed);
    cluster.executor.run_for(Duration::from_secs(3));
    cluster.bus.is_down.store(false, Ordering::Relaxed);
    cluster.executor.run_for(Duration::from_secs(3));
    is_held.store(false, Ordering::Relaxed);
    let mut subscription = block_on(opening).unwrap();
    assert!(matches!(poll(&mut subscription), Got::Some(_)));
    assert_eq!(poll(&mut subscription), Got::Nothing);
}
