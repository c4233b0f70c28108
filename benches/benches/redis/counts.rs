//! How many commands and bytes each thing takes that nodes ask of the server.

use std::time::Duration;

use sse_gate::sessions::backend::StreamLimiter;
use sse_gate::sessions::{Log, StreamLimits, Subscription};
use sse_gate_redis::RedisLimiter;

use crate::node::{self, Node};
use crate::scene::Scene;
use crate::server::place;
use crate::stats::{Change, Stats};

const TIMES: usize = 500;

/// How long a node without streams is watched.
const IDLE: Duration = Duration::from_secs(30);

/// Longer than what a connection leaves behind takes.
const CHORES: Duration = Duration::from_secs(3);

pub(crate) fn run() {
    for is_sealed in [true, false] {
        println!("{}:", if is_sealed { "sealed" } else { "unsealed" });
        let scene = Scene::new();
        let node = Node::start(&scene, Scene::quiet(is_sealed, "sse-gate"));
        // What is dropped tells the server so, from here too.
        let _in_runtime = node.runtime.enter();
        let mut meter = Meter {
            stats: Stats::of(&scene),
            node: &node,
        };
        tokens(&mut meter);
        sessions(&mut meter);
        events(&mut meter);
        places(&mut meter);
    }
    idle();
}

/// Counts what is done on a node.
struct Meter<'n> {
    stats: Stats,
    node: &'n Node,
}

impl Meter<'_> {
    /// Does something, and prints what each of so many took.
    fn count(&mut self, name: &str, times: usize, work: impl Future<Output = ()>) {
        let before = self.stats.read();
        self.node.runtime.block_on(work);
        let change = self.stats.read().since(&before);
        print(name, times as f64, &change);
    }

    fn wait_for_chores(&self) {
        self.node.runtime.block_on(wait(CHORES));
    }
}

async fn wait(span: Duration) {
    tokio::time::sleep(span).await;
}

fn print(name: &str, times: f64, change: &Change) {
    let each = |count: f64| count / times;
    println!(
        "{name:<44} scripts {:>5.2}  commands in them {:>6.2}  bytes to {:>7.0}  from {:>6.0}",
        each(change.scripts()),
        each(change.others()),
        each(change.bytes_to),
        each(change.bytes_from),
    );
}

fn tokens(meter: &mut Meter<'_>) {
    let gate = &meter.node.gate;
    let shake_hands = |number| node::shake_hands(gate, number);
    // The scripts become known to the server.
    meter.node.runtime.block_on(shake_hands(0));
    meter.count("issue and redeem a token", TIMES, async {
        for number in 0..TIMES {
            shake_hands(number).await;
        }
    });
}

fn sessions(meter: &mut Meter<'_>) {
    let node = meter.node;
    let log = node.runtime.block_on(node.topics.log("news", None));
    let log = log.expect("there is room");
    // The scripts become known to the server.
    for number in 0..2 {
        node.runtime.block_on(live(node, &log, TIMES + number));
    }
    meter.wait_for_chores();
    let mut clients = Vec::new();
    meter.count("open a session", TIMES, async {
        for number in 0..TIMES {
            clients.push(Client::open(node, &log, number).await);
        }
    });
    meter.count("confirm it", TIMES, async {
        for client in &mut clients {
            client.read().await;
        }
        tokio::time::sleep(CHORES).await;
    });
    let mut gone = Vec::new();
    meter.count("release it", TIMES, async {
        gone.extend(clients.into_iter().map(Client::leave));
        tokio::time::sleep(CHORES).await;
    });
    let mut resumed = Vec::new();
    meter.count("resume it", TIMES, async {
        for (number, id) in &gone {
            let session = node.sessions.resume(id, node::key(*number)).await;
            resumed.push(session.expect("a good id").subscribe());
        }
    });
}

/// Opens a session, and goes through all of its life.
async fn live(node: &Node, log: &Log, number: usize) {
    let mut client = Client::open(node, log, number).await;
    client.read().await;
    tokio::time::sleep(CHORES).await;
    let (number, id) = client.leave();
    tokio::time::sleep(CHORES).await;
    let resumed = node.sessions.resume(&id, node::key(number)).await;
    drop(resumed.expect("a good id"));
}

struct Client {
    number: usize,
    subscription: Subscription,
    /// The id that it had last.
    id: String,
}

impl Client {
    async fn open(node: &Node, log: &Log, number: usize) -> Self {
        // A grant of a store in memory, so that only the session is counted.
        let grant = node::grant(number).await;
        let key = node::key(number);
        Self {
            number,
            subscription: Node::open(&node.sessions, &grant, key, log.clone()).await,
            id: String::new(),
        }
    }

    /// Reads the first block of the connection.
    async fn read(&mut self) {
        let text = node::next(&mut self.subscription).await;
        let id = text.lines().find_map(|line| line.strip_prefix("id: "));
        id.expect("an event with an id").clone_into(&mut self.id);
        self.subscription.confirm();
    }

    fn leave(self) -> (usize, String) {
        (self.number, self.id)
    }
}

fn events(meter: &mut Meter<'_>) {
    let node = meter.node;
    let create = || async { node.logs.create().await.expect("there is room") };
    let data = node::data(0);
    let append = |log: Log| {
        let data = &data;
        async move {
            log.append(&node::event(data)).await.expect("room");
        }
    };
    let mut kept = Vec::new();
    node.runtime
        .block_on(async { append(create().await).await });
    meter.count("create a log", TIMES, async {
        for _ in 0..TIMES {
            kept.push(create().await);
        }
    });
    let log = kept[0].clone();
    node.runtime.block_on(append(log.clone()));
    meter.count(
        "append an event of 100 bytes, and hear of it",
        TIMES,
        async {
            for _ in 0..TIMES {
                append(log.clone()).await;
            }
        },
    );
}

fn places(meter: &mut Meter<'_>) {
    const AT_A_TIME: usize = 256;
    let limits = StreamLimits::default().with_ttl(Duration::from_secs(3600));
    let limiter = &RedisLimiter::new(&meter.node.redis, limits);
    let claim = |number| async move {
        limiter
            .claim(place(number))
            .await
            .expect("the server answers");
    };
    let renew = || async {
        let places = (0..AT_A_TIME).map(place).collect();
        limiter.renew(places).await.expect("the server answers");
    };
    let free = || async {
        let places = (0..AT_A_TIME).map(place).collect();
        limiter.free(places).await.expect("the server answers");
    };
    meter.node.runtime.block_on(async {
        claim(0).await;
        renew().await;
        free().await;
    });
    meter.count("claim a place", AT_A_TIME, async {
        for number in 0..AT_A_TIME {
            claim(number).await;
        }
    });
    meter.count("renew it, among 256", AT_A_TIME, renew());
    meter.count("free it, among 256", AT_A_TIME, free());
}

/// A node whose streams have nothing to do, with the times that are set by default.
fn idle() {
    let scene = Scene::new();
    let node = Node::start(&scene, Scene::options(true, "sse-gate"));
    let mut stats = Stats::of(&scene);
    node.runtime.block_on(wait(CHORES));
    let before = stats.read();
    node.runtime.block_on(wait(IDLE));
    let change = stats.read().since(&before);
    print("a node for a minute", IDLE.as_secs_f64() / 60.0, &change);
}
