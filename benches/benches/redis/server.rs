//! The server's processor time for each thing that nodes ask of it, beside a plain pair of commands.

use std::time::Duration;

use sse_gate::sessions::backend::{Place, PlaceId, StreamLimiter};
use sse_gate::sessions::{StreamLimits, Subscription};
use sse_gate_benches::{median, token_entry};
use sse_gate_core::Subject;
use sse_gate_redis::{RedisLimiter, RedisTokens};
use tokio::sync::mpsc;

use crate::node::{self, Node};
use crate::scene::{Scene, limits};
use crate::stats::Stats;
use crate::tokens::{Bare, Commands, insert_and_take};
use crate::work::for_each;

const ROUNDS: usize = 5;
const TIMES: usize = 2_048;

/// Something to do so many times.
type Step<'s> = (&'static str, Box<dyn FnMut() + 's>);

pub(crate) fn run() {
    let scene = Scene::new();
    let mut stats = Stats::of(&scene);
    let node = Node::start(&scene, Scene::quiet(true, "node"));
    let mut steps = steps(&scene, &node);
    let mut times = vec![Vec::new(); steps.len()];
    for round in 0..=ROUNDS {
        for ((_, step), times) in steps.iter_mut().zip(&mut times) {
            let before = stats.processor();
            step();
            let spent = stats.processor() - before;
            // The first round warms up.
            if round > 0 {
                times.push(spent);
            }
        }
    }
    let times: Vec<f64> = times.into_iter().map(median).collect();
    for ((name, _), time) in steps.iter().zip(&times) {
        println!("{name:<44} {:>6.2}", time / times[0]);
    }
}

fn steps<'s>(scene: &'s Scene, node: &'s Node) -> Vec<Step<'s>> {
    let mut steps = pairs(scene, node);
    steps.extend(sessions(node));
    steps.push(("claim a place and free it", places(node)));
    steps.push(("renew a place, among 256", renewals(node)));
    steps
}

fn pairs<'s>(scene: &Scene, node: &'s Node) -> Vec<Step<'s>> {
    let on = &node.runtime;
    let [plain, scripts] = [Commands::Plain, Commands::Scripts].map(|commands| {
        let bare = on.block_on(Bare::connect(scene, commands));
        move || {
            let bare = bare.clone();
            on.block_on(for_each(TIMES, move |number| {
                let bare = bare.clone();
                async move { bare.insert_and_take(&token_entry(number)).await }
            }));
        }
    });
    let store = RedisTokens::new(&node.redis, limits());
    let ours = move || {
        let store = store.clone();
        on.block_on(for_each(TIMES, move |number| {
            let store = store.clone();
            async move { insert_and_take(&store, token_entry(number)).await }
        }));
    };
    let gate = move || {
        let gate = node.gate.clone();
        on.block_on(for_each(TIMES, move |number| {
            let gate = gate.clone();
            async move { node::shake_hands(&gate, number).await }
        }));
    };
    vec![
        ("SET NX PX and GETDEL, bare", Box::new(plain)),
        ("the two scripts of a token, bare", Box::new(scripts)),
        ("insert and take a token, sealed", Box::new(ours)),
        ("issue and redeem, sealed", Box::new(gate)),
    ]
}

fn sessions(node: &Node) -> Vec<Step<'_>> {
    let log = node.runtime.block_on(node.topics.log("news", None));
    let log = log.expect("there is room");
    let appended = log.clone();
    let append = move || {
        let log = appended.clone();
        node.runtime.block_on(for_each(TIMES, move |number| {
            let log = log.clone();
            async move {
                let data = node::data(number);
                log.append(&node::event(&data)).await.expect("room");
            }
        }));
    };
    let mut opened = 0;
    let open = move || {
        let (sessions, log) = (node.sessions.clone(), log.clone());
        let first = opened;
        opened += TIMES;
        let (kept, mut subscriptions) = mpsc::unbounded_channel::<Subscription>();
        node.runtime.block_on(for_each(TIMES, move |number| {
            let (sessions, log) = (sessions.clone(), log.clone());
            let kept = kept.clone();
            async move {
                let number = first + number;
                let grant = node::grant(number).await;
                let opened = Node::open(&sessions, &grant, node::key(number), log).await;
                let _ = kept.send(opened);
            }
        }));
        // They are left in peace: a connection that ends is another step.
        while let Ok(subscription) = subscriptions.try_recv() {
            std::mem::forget(subscription);
        }
    };
    vec![
        ("append an event of 100 bytes", Box::new(append)),
        ("open a session", Box::new(open)),
    ]
}

fn limiter(node: &Node) -> RedisLimiter {
    let limits = StreamLimits::default()
        .with_max(1_000_000)
        .with_ttl(Duration::from_secs(3600));
    RedisLimiter::new(&node.redis, limits)
}

fn places(node: &Node) -> Box<dyn FnMut() + '_> {
    let limiter = limiter(node);
    Box::new(move || {
        let limiter = limiter.clone();
        node.runtime.block_on(for_each(TIMES, move |number| {
            let limiter = limiter.clone();
            async move {
                let place = place(number);
                limiter
                    .claim(place.clone())
                    .await
                    .expect("the server answers");
                limiter.free(vec![place]).await.expect("the server answers");
            }
        }));
    })
}

fn renewals(node: &Node) -> Box<dyn FnMut() + '_> {
    const AT_A_TIME: usize = 256;
    const FIRST: usize = 1_000_000;
    let limiter = limiter(node);
    let held: Vec<_> = (FIRST..FIRST + AT_A_TIME).map(place).collect();
    node.runtime.block_on(async {
        for place in &held {
            limiter
                .claim(place.clone())
                .await
                .expect("the server answers");
        }
    });
    Box::new(move || {
        for _ in 0..TIMES / AT_A_TIME {
            let renewed = node.runtime.block_on(limiter.renew(held.clone()));
            renewed.expect("the server answers");
        }
    })
}

/// A place of a subject that has no other one.
pub(crate) fn place(number: usize) -> Place {
    Place {
        subject: Subject::new(format!("{number:016}")).expect("a short name"),
        id: PlaceId::from_bytes((number as u128).to_be_bytes()),
        generation: 1,
    }
}
