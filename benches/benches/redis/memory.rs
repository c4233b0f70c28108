//! How much of the server's memory each thing takes.

use std::sync::Arc;
use std::time::Duration;

use sse_gate::sessions::StreamLimits;
use sse_gate::sessions::backend::StreamLimiter;
use sse_gate_redis::RedisLimiter;
use tokio::sync::mpsc;

use crate::node::{self, Node};
use crate::scene::Scene;
use crate::server::place;
use crate::stats::Stats;
use crate::work::for_each;

const MANY: usize = 10_000;

pub(crate) fn run() {
    for is_sealed in [true, false] {
        println!("{}:", if is_sealed { "sealed" } else { "unsealed" });
        let scene = Scene::new();
        let node = Node::start(&scene, Scene::quiet(is_sealed, "sse-gate"));
        let mut meter = Meter {
            stats: Stats::of(&scene),
            node: &node,
        };
        tokens(&mut meter);
        sessions(&mut meter);
        logs(&mut meter);
        places(&mut meter);
    }
}

/// Tells how much memory is taken while something is done.
struct Meter<'n> {
    stats: Stats,
    node: &'n Node,
}

impl Meter<'_> {
    fn grow(&mut self, name: &str, work: impl Future<Output = ()>) {
        let before = self.stats.memory();
        self.node.runtime.block_on(async {
            work.await;
            // Buffers of connections shrink.
            tokio::time::sleep(Duration::from_secs(1)).await;
        });
        let grown = self.stats.memory() - before;
        println!("{name:<44} {:>7.0}", grown / MANY as f64);
    }
}

fn tokens(meter: &mut Meter<'_>) {
    for (name, of_subject) in [("a token, one a subject", 1), ("a token, 16 a subject", 16)] {
        let gate = meter.node.gate.clone();
        let issue = for_each(MANY, move |number| {
            let gate = gate.clone();
            async move {
                let subject = of_subject * MANY + number / of_subject;
                gate.issue(node::request(subject)).await.expect("room");
            }
        });
        meter.grow(name, issue);
    }
}

fn sessions(meter: &mut Meter<'_>) {
    let node = meter.node;
    let log = node.runtime.block_on(node.topics.log("news", None));
    let log = log.expect("there is room");
    let (kept, mut subscriptions) = mpsc::unbounded_channel();
    let sessions = node.sessions.clone();
    let open = for_each(MANY, move |number| {
        let (sessions, log, kept) = (sessions.clone(), log.clone(), kept.clone());
        async move {
            let (grant, key) = (node::grant(number).await, node::key(number));
            let _ = kept.send(Node::open(&sessions, &grant, key, log).await);
        }
    });
    meter.grow("a session on a log of all", open);
    while let Ok(subscription) = subscriptions.try_recv() {
        // It stays connected.
        std::mem::forget(subscription);
    }
}

fn logs(meter: &mut Meter<'_>) {
    let node = meter.node;
    let (kept, mut logs) = mpsc::unbounded_channel();
    let store = node.logs.clone();
    let create = for_each(MANY, move |_| {
        let (store, kept) = (store.clone(), kept.clone());
        async move {
            let _ = kept.send(store.create().await.expect("there is room"));
        }
    });
    meter.grow("a log without events", create);
    let mut all = Vec::new();
    while let Ok(log) = logs.try_recv() {
        all.push(log);
    }
    // A log without handles would be removed, so all are kept until the end.
    let all = Arc::new(all);
    let (one, kept) = (all[0].clone(), Arc::clone(&all));
    let append_to = |log: sse_gate::sessions::Log| async move {
        let data = node::data(0);
        log.append(&node::event(&data)).await.expect("room");
    };
    let first = for_each(MANY, move |number| append_to(all[number].clone()));
    meter.grow("its first event, of 100 bytes", first);
    let more = for_each(MANY, move |_| append_to(one.clone()));
    meter.grow("one of many events of a log", more);
    std::mem::forget(kept);
}

fn places(meter: &mut Meter<'_>) {
    let limits = StreamLimits::default().with_ttl(Duration::from_secs(3600));
    let limiter = RedisLimiter::new(&meter.node.redis, limits);
    let claim = for_each(MANY, move |number| {
        let limiter = limiter.clone();
        async move {
            limiter
                .claim(place(number))
                .await
                .expect("the server answers");
        }
    });
    meter.grow("a place of an open stream", claim);
}
