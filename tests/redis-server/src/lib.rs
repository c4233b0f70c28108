//! A Redis server for tests: [`RedisServer`]. It keeps its data in a folder of its own, and ends with the test.
//!
//! The program is `redis-server`, or what `SSE_GATE_REDIS_SERVER` names, such as `valkey-server`.

use std::env;
use std::io;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that listens on a free port of this machine.
#[derive(Debug)]
pub struct RedisServer {
    /// A shell that ends the server when its standard input is closed, so also when the test is killed.
    keeper: Option<Child>,
    port: u16,
    folder: TempDir,
    settings: Vec<String>,
}

/// Ends the server when standard input ends, and waits for it.
const KEEPER: &str = r#""$@" >/dev/null 2>&1 & pid=$!
cat >/dev/null; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null"#;

impl RedisServer {
    /// Starts a server that keeps nothing on disk.
    ///
    /// # Panics
    ///
    /// The program is not installed, or does not start.
    pub fn start() -> Self {
        Self::start_with(&["--save", "", "--appendonly", "no"])
    }

    /// Starts a server with these settings, as on its command line.
    ///
    /// # Panics
    ///
    /// The program is not installed, or does not start.
    pub fn start_with(settings: &[&str]) -> Self {
        let settings = settings.iter().map(|setting| (*setting).to_owned());
        let mut server = Self {
            keeper: None,
            port: free_port(),
            folder: TempDir::new().expect("a folder can be made"),
            settings: settings.collect(),
        };
        server.keep();
        server
    }

    /// The port that it listens at.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Runs a command, as `redis-cli` does, and returns what that prints.
    ///
    /// # Panics
    ///
    /// `redis-cli` is not installed.
    pub fn cli(&self, command: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .args(command)
            .output()
            .expect("redis-cli is installed");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Sends a signal, such as `STOP`, `CONT` or `KILL`, to the server.
    ///
    /// # Panics
    ///
    /// The server is not running.
    pub fn signal(&self, signal: &str) {
        let pid = self.info("process_id");
        self.signal_pid(signal, &pid);
    }

    /// Its process. Ask before it is stopped.
    pub fn pid(&self) -> String {
        self.info("process_id")
    }

    /// Sends a signal to the process of this number.
    ///
    /// # Panics
    ///
    /// There is no such process.
    pub fn signal_pid(&self, signal: &str, pid: &str) {
        let status = Command::new("kill")
            .args([&format!("-{signal}"), pid])
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "no process {pid}"
        );
    }

    /// A field of what `INFO` says.
    pub fn info(&self, field: &str) -> String {
        let info = self.cli(&["INFO"]);
        let mut lines = info.lines();
        let value = lines.find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        value.unwrap_or_default().trim().to_owned()
    }

    /// Kills the server, as a power cut does.
    pub fn kill(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }

    /// Starts it again on the same port, with what is on its disk.
    ///
    /// # Panics
    ///
    /// It does not start.
    pub fn restart(&mut self) {
        self.kill();
        self.keep();
    }

    fn keep(&mut self) {
        let program = env::var("SSE_GATE_REDIS_SERVER");
        let program = program.as_deref().unwrap_or("redis-server");
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER, "sh", program])
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .arg("--dir")
            .arg(self.folder.path())
            .args(&self.settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.keeper = Some(command.spawn().expect("there is a shell"));
        self.wait_until_up();
    }

    /// Waits until the server answers.
    ///
    /// # Panics
    ///
    /// It takes longer than 20 s.
    pub fn wait_until_up(&self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.cli(&["PING"]).contains("PONG") {
            assert!(
                Instant::now() < deadline,
                "Redis did not start: is it installed?"
            );
            sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> u16 {
    let listener: io::Result<TcpListener> = TcpListener::bind("127.0.0.1:0");
    let address = listener.and_then(|listener| listener.local_addr());
    address.expect("there is a free port").port()
}
