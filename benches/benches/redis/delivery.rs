//! How long an event takes to a reader on another node, beside a bare message to a subscriber.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use redis::aio::MultiplexedConnection;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::node::{self, Node};
use crate::scene::{Scene, runtime};

const EVENTS: usize = 2_000;

pub(crate) fn run() {
    let scene = Scene::new();
    let [one, two] = [(); 2].map(|()| Node::start(&scene, Scene::options(true, "sse-gate")));
    let mut ours = Ours::new(&one, &two);
    let mut bare = Bare::new(&scene);
    let (mut times_of_ours, mut times_of_bare) = (Vec::new(), Vec::new());
    for number in 0..EVENTS + 100 {
        let data = node::data(number);
        let (of_ours, of_bare) = (ours.send(&data), bare.send(&data));
        // The first ones warm up.
        if number >= 100 {
            times_of_ours.push(of_ours);
            times_of_bare.push(of_bare);
        }
    }
    times_of_ours.sort_unstable();
    times_of_bare.sort_unstable();
    for (name, at) in [("p50", EVENTS / 2), ("p99", EVENTS * 99 / 100)] {
        let ratio = times_of_ours[at].as_secs_f64() / times_of_bare[at].as_secs_f64();
        println!("{name}, publish to a topic until a stream of another node has it {ratio:>6.2}");
    }
}

/// Moments at which something came.
type Moments = mpsc::UnboundedReceiver<(String, Instant)>;

/// The moment at which this text came.
fn came(runtime: &Runtime, moments: &mut Moments, data: &str) -> Instant {
    runtime.block_on(async {
        loop {
            let (text, at) = moments.recv().await.expect("it goes on");
            if text.contains(data) {
                return at;
            }
        }
    })
}

struct Ours<'n> {
    one: &'n Node,
    moments: Moments,
}

impl<'n> Ours<'n> {
    fn new(one: &'n Node, two: &Node) -> Self {
        let subscription = two.runtime.block_on(async {
            let log = two.topics.log("news", None).await.expect("there is room");
            let grant = node::grant(1).await;
            Node::open(&two.sessions, &grant, node::key(1), log).await
        });
        let (tell, moments) = mpsc::unbounded_channel();
        two.runtime.spawn(node::follow(subscription, move |bytes| {
            let at = Instant::now();
            let text = String::from_utf8_lossy(bytes).into_owned();
            tell.send((text, at)).is_ok()
        }));
        Self { one, moments }
    }

    fn send(&mut self, data: &str) -> Duration {
        let start = Instant::now();
        let event = node::event(data);
        let publishing = self.one.topics.publish("news", None, &event);
        self.one
            .runtime
            .block_on(publishing)
            .expect("there is room");
        came(&self.one.runtime, &mut self.moments, data) - start
    }
}

/// One connection that publishes, and one that listens, each with a thread.
struct Bare {
    runtime: Runtime,
    _listener: Runtime,
    connection: MultiplexedConnection,
    moments: Moments,
}

impl Bare {
    fn new(scene: &Scene) -> Self {
        let (one, two) = (runtime(), runtime());
        let (tell, moments) = mpsc::unbounded_channel();
        let client = scene.client();
        let subscribed = two.block_on(async {
            let mut connection = client.get_async_pubsub().await.expect("an answer");
            connection.subscribe("bare").await.expect("an answer");
            connection.into_on_message()
        });
        two.spawn(async move {
            let mut messages = subscribed;
            while let Some(message) = messages.next().await {
                let at = Instant::now();
                let text = String::from_utf8_lossy(message.get_payload_bytes()).into_owned();
                if tell.send((text, at)).is_err() {
                    return;
                }
            }
        });
        Self {
            connection: one.block_on(scene.bare()),
            runtime: one,
            _listener: two,
            moments,
        }
    }

    fn send(&mut self, data: &str) -> Duration {
        let start = Instant::now();
        let mut publish = redis::cmd("PUBLISH");
        publish.arg("bare").arg(data);
        let publishing = publish.query_async::<()>(&mut self.connection);
        self.runtime.block_on(publishing).expect("an answer");
        came(&self.runtime, &mut self.moments, data) - start
    }
}
