//! How many handshakes a second two and three nodes do together, beside one. A node has one thread and 64 tasks.

use std::thread;
use std::time::{Duration, Instant};

use sse_gate_benches::median;

use crate::node::{self, Node};
use crate::scene::Scene;
use crate::stats::Stats;
use crate::work::for_each;

const ROUNDS: usize = 7;
const HANDSHAKES: usize = 1_024;

pub(crate) fn run() {
    let scene = Scene::new();
    let mut stats = Stats::of(&scene);
    let start = |_| Node::start(&scene, Scene::quiet(true, "sse-gate"));
    let nodes: Vec<_> = (0..3).map(start).collect();
    let (mut rates, mut load) = (vec![Vec::new(); 3], vec![Vec::new(); 3]);
    for round in 0..=ROUNDS {
        for count in 1..=3 {
            let before = stats.processor();
            let time = shake_hands(&nodes[..count]);
            let busy = stats.processor() - before;
            // The first round warms up.
            if round > 0 {
                rates[count - 1].push(count as f64 / time.as_secs_f64());
                load[count - 1].push(busy / time.as_secs_f64());
            }
        }
    }
    let rates: Vec<f64> = rates.into_iter().map(median).collect();
    for (count, (rate, load)) in rates.iter().zip(load).enumerate() {
        println!(
            "{} nodes {:>6.2}, the server's processor is busy {:>3.0} % of the time",
            count + 1,
            rate / rates[0],
            100.0 * median(load),
        );
    }
}

/// Lets each node issue and redeem tokens, and waits for all of them.
fn shake_hands(nodes: &[Node]) -> Duration {
    let start = Instant::now();
    thread::scope(|scope| {
        for (at, node) in nodes.iter().enumerate() {
            scope.spawn(move || {
                let gate = node.gate.clone();
                node.runtime.block_on(for_each(HANDSHAKES, move |number| {
                    let gate = gate.clone();
                    async move { node::shake_hands(&gate, at * HANDSHAKES + number).await }
                }));
            });
        }
    });
    start.elapsed()
}
