//! Three servers of the demo that share one Redis: [`Nodes`].

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};

use sse_gate_redis_server::RedisServer;
use sse_gate_tests::{Request, Server, Setup, eventually};
use tempfile::TempDir;

/// The programs of the nodes, in the order of their digits.
pub(crate) const PROGRAMS: [&str; 3] = [
    env!("CARGO_BIN_EXE_server-axum"),
    env!("CARGO_BIN_EXE_server-hyper"),
    env!("CARGO_BIN_EXE_server-warp"),
];

/// How many nodes there are.
pub(crate) const COUNT: usize = PROGRAMS.len();

/// One Redis and a node of each framework. Dropped, all of them end.
pub(crate) struct Nodes {
    servers: [Option<Server>; COUNT],
    setups: [Setup; COUNT],
    addrs: [SocketAddr; COUNT],
    pub(crate) redis: RedisServer,
    _folder: TempDir,
}

impl Nodes {
    /// Starts them, with a change to the setup of each node, and waits until they hear each other.
    pub(crate) async fn start(change: impl Fn(Setup) -> Setup) -> Self {
        let redis = RedisServer::start_with(&["--save", "", "--appendonly", "yes"]);
        let folder = TempDir::new().expect("a folder");
        let secrets = folder.path().join("secrets");
        let host = own_host();
        let mut setups = Vec::new();
        let mut nodes = Vec::new();
        for (program, digit) in PROGRAMS.into_iter().zip(1..) {
            let setup = shared(program, &redis, &secrets);
            let setup = setup
                .arg("node", digit)
                .arg("addr", SocketAddr::from((host, 0)));
            let setup = change(setup);
            let node = setup.start();
            // It is started again at the same address.
            setups.push(setup.arg("addr", node.addr()));
            nodes.push(node);
        }
        let nodes: [Server; COUNT] = nodes.try_into().expect("a node of each program");
        let these = Self {
            addrs: nodes.each_ref().map(Server::addr),
            servers: nodes.map(Some),
            setups: setups.try_into().expect("a setup of each program"),
            redis,
            _folder: folder,
        };
        these.until_ready().await;
        these
    }

    /// The node at this index, which must be running.
    pub(crate) fn node(&self, index: usize) -> &Server {
        self.servers[index].as_ref().expect("it is running")
    }

    /// All that are running.
    pub(crate) fn running(&self) -> impl Iterator<Item = &Server> {
        self.servers.iter().flatten()
    }

    /// The addresses of all, running or not.
    pub(crate) fn addrs(&self) -> [SocketAddr; COUNT] {
        self.addrs
    }

    /// Kills a node, as a power cut does.
    pub(crate) fn kill(&mut self, index: usize) {
        self.servers[index].take().expect("it is running").kill();
    }

    /// Starts a node again that was killed, and waits until it hears the others.
    pub(crate) async fn start_again(&mut self, index: usize) {
        self.servers[index] = Some(self.setups[index].start());
        self.until_ready().await;
    }

    /// Waits until all that are running hear each other.
    pub(crate) async fn until_ready(&self) {
        for node in self.running() {
            eventually("a node is ready", async || readiness(node).await == 200).await;
        }
    }
}

/// What a node's `/readyz` says.
pub(crate) async fn readiness(node: &Server) -> u16 {
    node.send(&Request::get("/readyz")).await.status
}

fn shared(program: &'static str, redis: &RedisServer, secrets: &Path) -> Setup {
    let setup = Setup::new(program, "memory").redis(&redis.url(), secrets);
    setup.arg("retry", 20).arg("takeovers", u32::MAX)
}

/// An address of this machine for each test: while a node is down, its port is given to no other program.
fn own_host() -> Ipv4Addr {
    static COUNT: AtomicU8 = AtomicU8::new(1);
    Ipv4Addr::new(127, 0, 7, COUNT.fetch_add(1, Ordering::Relaxed))
}
