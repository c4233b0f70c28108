//! How long one event takes to 10,000 streams on two nodes, beside as many on one. A node has one thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use sse_gate_benches::median;

use crate::node::{self, Node};
use crate::scene::Scene;
use crate::work::for_each;

const STREAMS: usize = 10_000;
const EVENTS: usize = 21;

pub(crate) fn run() {
    let scene = Scene::new();
    let mut crowds =
        [("one", 1), ("two", 2)].map(|(name, nodes)| Crowd::gather(&scene, name, nodes));
    let mut times = [Vec::new(), Vec::new()];
    for number in 0..=EVENTS {
        for (crowd, times) in crowds.iter_mut().zip(&mut times) {
            let time = crowd.publish(&node::data(number));
            // The first one warms up.
            if number > 0 {
                times.push(time.as_secs_f64());
            }
        }
    }
    let [one, two] = times.map(median);
    println!(
        "until the last of 10,000 has it, two nodes ÷ one {:>6.2}",
        two / one
    );
}

/// The readers of one topic.
struct Crowd {
    nodes: Vec<Node>,
    left: Arc<AtomicUsize>,
    done: Receiver<Instant>,
}

impl Crowd {
    fn gather(scene: &Scene, name: &str, nodes: usize) -> Self {
        let start = |_| Node::start(scene, Scene::options(true, name));
        let nodes: Vec<_> = (0..nodes).map(start).collect();
        let (tell, done) = channel();
        let left = Arc::new(AtomicUsize::new(STREAMS));
        let share = STREAMS / nodes.len();
        for (at, node) in nodes.iter().enumerate() {
            open(node, at * share, share, &left, &tell);
        }
        done.recv().expect("all are open");
        // Sessions are confirmed meanwhile.
        std::thread::sleep(Duration::from_secs(3));
        Self { nodes, left, done }
    }

    /// Publishes an event, and waits until all streams have it.
    fn publish(&mut self, data: &str) -> Duration {
        self.left.store(STREAMS, Ordering::SeqCst);
        let (node, event) = (&self.nodes[0], node::event(data));
        let start = Instant::now();
        let publishing = node.topics.publish("news", None, &event);
        node.runtime.block_on(publishing).expect("there is room");
        self.done.recv().expect("all have it") - start
    }
}

/// Opens streams that count down at each piece that they get: the first block, then an event.
fn open(
    node: &Node,
    first: usize,
    streams: usize,
    left: &Arc<AtomicUsize>,
    done: &Sender<Instant>,
) {
    let log = node.runtime.block_on(node.topics.log("news", None));
    let log = log.expect("there is room");
    let (sessions, left, done) = (node.sessions.clone(), Arc::clone(left), done.clone());
    node.runtime.block_on(for_each(streams, move |number| {
        let (sessions, log) = (sessions.clone(), log.clone());
        let (left, done) = (Arc::clone(&left), done.clone());
        async move {
            let number = first + number;
            let (grant, key) = (node::grant(number).await, node::key(number));
            let subscription = Node::open(&sessions, &grant, key, log).await;
            tokio::spawn(node::follow(subscription, move |_| {
                if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                    return done.send(Instant::now()).is_ok();
                }
                true
            }));
        }
    }));
}
