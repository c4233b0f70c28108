//! What listens to the other nodes, and how long. I19

use std::task::{Context, Poll, Waker};

use pollster::block_on;
use sse_gate_resume::backend::{Bus, Notice};

use crate::cluster::{Cluster, MAX_SILENCE};

/// As long as its probes come back, a node stays with its subscription. Each probe has a number of its own:
/// one that comes twice says nothing of the next.
#[test]
fn a_node_that_hears_itself_goes_on_with_its_subscription() {
    let cluster = Cluster::new();
    let _one = cluster.node(1);
    let mut notices = block_on(cluster.bus.subscribe()).unwrap();
    cluster.executor.run_for(MAX_SILENCE * 6);
    let mut probes = Vec::new();
    let mut cx = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(notice)) = notices.poll_next(&mut cx) {
        let Notice::Probe { listener, number } = notice else {
            panic!("{notice:?}");
        };
        probes.push((listener, number));
    }
    assert!(probes.len() >= 20);
    for pair in probes.windows(2) {
        assert_eq!(pair[1], (pair[0].0, pair[0].1 + 1));
    }
}

/// A runtime has dropped what listens. What is spawned in its place takes over.
#[test]
fn a_node_listens_again_after_its_listener_was_dropped() {
    let cluster = Cluster::new();
    let one = cluster.node(1);
    cluster.executor.kill(1);
    cluster.executor.run_for(MAX_SILENCE);
    assert!(!one.sessions.is_connected());
    cluster.listen(1, &one);
    cluster.executor.settle();
    assert!(one.sessions.is_connected());
}

/// The listener ends with its sessions, so that it keeps nothing alive.
#[test]
fn a_listener_ends_with_its_sessions() {
    let cluster = Cluster::new();
    let one = cluster.node(1);
    assert_eq!(cluster.executor.len(), 1);
    // A second one ends at once.
    cluster.listen(1, &one);
    cluster.executor.settle();
    assert_eq!(cluster.executor.len(), 1);
    drop(one);
    cluster.executor.run_for(MAX_SILENCE);
    assert_eq!(cluster.executor.len(), 0);
}
