//! One of the example servers, as a process: [`Server`].

use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::{Connection, EventStream, Metrics, Output, Request, Response, Setup, User, jwt};

/// How long it may take until a server says where it listens.
const START: Duration = Duration::from_secs(20);

/// A running server, on a free port unless its setup says another. Dropped, it is killed.
#[derive(Debug)]
pub struct Server {
    process: Child,
    readers: Vec<JoinHandle<()>>,
    addr: SocketAddr,
    log: Output,
}

impl Server {
    pub(crate) fn start(setup: &Setup) -> Self {
        let mut process = Command::new(setup.program)
            .args(&setup.args)
            .env("JWT_SECRET", jwt::SECRET)
            .env("RUST_LOG", setup.log)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server's program runs");
        let (said, said_reader) = Output::of(process.stdout.take().expect("it is piped"));
        let (log, log_reader) = Output::of(process.stderr.take().expect("it is piped"));
        let Some(addr) = said.line("listening on http://", START) else {
            let _ = process.kill();
            panic!("{setup:?} does not listen: {}", log.text());
        };
        Self {
            process,
            readers: vec![said_reader, log_reader],
            addr: addr.parse().expect("it says its address"),
            log,
        }
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What it has logged.
    pub fn log(&self) -> &Output {
        &self.log
    }

    /// A user with a good JWT. Every name is a user's.
    pub fn user(&self, name: &str) -> User<'_> {
        User::new(self, name)
    }

    /// A new connection.
    pub async fn connect(&self) -> Connection {
        Connection::open(self.addr).await
    }

    /// Sends a request over a connection of its own, and reads the whole response.
    pub async fn send(&self, request: &Request) -> Response {
        self.connect().await.exchange(request).await
    }

    /// Sends a request over a connection of its own, and reads its response as a stream.
    pub async fn open(&self, request: &Request) -> EventStream {
        EventStream::open(self.connect().await, request).await
    }

    /// What it counts.
    pub async fn metrics(&self) -> Metrics {
        let response = self.send(&Request::get("/metrics")).await;
        assert_eq!(response.status, 200, "{response:?}");
        Metrics::parse(&response.text())
    }

    /// How much memory it has in use, in bytes: what `VmRSS` in `/proc` says.
    #[cfg(target_os = "linux")]
    pub fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(path).expect("a running process has a status");
        let mut lines = status.lines();
        let kilobytes = lines.find_map(|line| line.strip_prefix("VmRSS:")?.strip_suffix("kB"));
        let kilobytes = kilobytes.and_then(|text| text.trim().parse::<u64>().ok());
        kilobytes.expect("it says how much") * 1024
    }

    /// How many sockets it has open.
    #[cfg(target_os = "linux")]
    pub fn sockets(&self) -> usize {
        let path = format!("/proc/{}/fd", self.process.id());
        let open = std::fs::read_dir(path).expect("a running process has files");
        let targets = open.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        let is_socket =
            |target: &std::path::PathBuf| target.to_string_lossy().starts_with("socket:");
        targets.filter(is_socket).count()
    }

    /// Kills it, and waits until it is gone.
    pub fn kill(mut self) {
        self.process.kill().expect("it runs");
        let _ = self.process.wait();
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "no signal sent");
    }

    /// How it ended; `None` if it has not in this time. Its log is complete then.
    pub async fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            let status = self.process.try_wait().expect("it is a child of ours");
            if status.is_some() {
                self.join_readers();
                return status;
            }
            if start.elapsed() > within {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn join_readers(&mut self) {
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended can't be killed, and need not.
        let _ = self.process.kill();
        let _ = self.process.wait();
        self.join_readers();
    }
}
