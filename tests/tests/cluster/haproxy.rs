//! `HAProxy` with the configuration of `examples/cluster`: [`HaProxy`].

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use sse_gate_tests::engines::{Process, program};
use sse_gate_tests::{Connection, Request, Response};

use crate::nodes::COUNT;

/// Where the example is.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/cluster");

/// A running `HAProxy`. Dropped, it is killed.
pub(crate) struct HaProxy {
    pub(crate) addr: SocketAddr,
    _process: Process,
}

impl HaProxy {
    /// Starts it at this address, in front of these nodes, and waits until it listens.
    pub(crate) fn start(addr: SocketAddr, nodes: [SocketAddr; COUNT]) -> Self {
        let mut command = Command::new(program(&["haproxy", "/usr/sbin/haproxy"], "haproxy"));
        command.args(["-db", "-f", &format!("{FOLDER}/haproxy.cfg")]);
        command.env("CLUSTER_ADDR", addr.to_string());
        command.env("CLUSTER_LATER", format!("{FOLDER}/later.http"));
        for (node, digit) in nodes.into_iter().zip(1..) {
            command.env(format!("NODE_{digit}"), node.to_string());
        }
        let process = Process::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(addr).is_err() {
            assert!(Instant::now() < deadline, "HAProxy does not start");
            sleep(Duration::from_millis(10));
        }
        Self {
            addr,
            _process: process,
        }
    }

    /// Sends a request over a connection of its own, and reads the whole response.
    pub(crate) async fn send(&self, request: &Request) -> Response {
        Connection::open(self.addr).await.exchange(request).await
    }
}

/// Addresses that are free now.
pub(crate) fn free_addrs<const N: usize>() -> [SocketAddr; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("it has one"))
}
