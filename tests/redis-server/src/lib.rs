//! A Redis server for tests: [`RedisServer`]. It keeps its data in a folder of its own, and ends with the test.
//!
//! The program is `redis-server`, or what `SSE_GATE_REDIS_SERVER` names, such as `valkey-server`.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// At how many ports it may be tried to start.
const ATTEMPTS: u32 = 4;

/// A server that listens on a free port of this machine.
#[derive(Debug)]
pub struct RedisServer {
    /// A shell that ends the server when its standard input is closed, so also when the test is killed.
    keeper: Option<Child>,
    port: u16,
    folder: TempDir,
    settings: Vec<String>,
}

/// Where a server writes its process, in its folder.
const PID_FILE: &str = "pid";

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
            port: 0,
            folder: TempDir::new().expect("a folder can be made"),
            settings: settings.collect(),
        };
        // Somebody else may take a port between the look at it and the start.
        for _ in 0..ATTEMPTS {
            server.port = free_port();
            server.spawn();
            if server.comes_up_within(PATIENCE / ATTEMPTS) {
                return server;
            }
            server.kill();
        }
        panic!("Redis did not start: is it installed?");
    }

    /// Starts a sentinel with this file of settings, which it rewrites.
    ///
    /// # Panics
    ///
    /// The program is not installed, or does not start.
    pub fn start_sentinel(file: &str) -> Self {
        Self::start_with(&[file, "--sentinel"])
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

    /// Starts it again, and waits until it says that it is loading what is on its disk.
    ///
    /// # Panics
    ///
    /// It has loaded all before it was asked.
    pub fn restart_loading(&mut self) {
        self.kill();
        self.spawn();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.cli(&["PING"]);
            if answer.contains("LOADING") {
                return;
            }
            assert!(!answer.contains("PONG"), "it has loaded all");
            assert!(Instant::now() < deadline, "Redis did not start");
            sleep(Duration::from_millis(1));
        }
    }

    fn keep(&mut self) {
        self.spawn();
        self.wait_until_up();
    }

    fn spawn(&mut self) {
        let program = env::var("SSE_GATE_REDIS_SERVER");
        let program = program.as_deref().unwrap_or("redis-server");
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER, "sh", program])
            // A file of settings comes before all other ones.
            .args(&self.settings)
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .arg("--dir")
            .arg(self.folder.path())
            .arg("--pidfile")
            .arg(self.folder.path().join(PID_FILE))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.keeper = Some(command.spawn().expect("there is a shell"));
    }

    /// Waits until the server answers.
    ///
    /// # Panics
    ///
    /// It takes longer than 20 s.
    pub fn wait_until_up(&self) {
        assert!(self.comes_up_within(PATIENCE), "Redis did not start");
    }

    /// Waits until this server answers, and not another one at its port.
    fn comes_up_within(&self, patience: Duration) -> bool {
        let file = self.folder.path().join(PID_FILE);
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            let pid = fs::read_to_string(&file).unwrap_or_default();
            if self.cli(&["PING"]).contains("PONG") && self.info("process_id") == pid.trim() {
                return true;
            }
            sleep(Duration::from_millis(5));
        }
        false
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A cluster of three primaries.
#[derive(Debug)]
pub struct RedisCluster(Vec<RedisServer>);

impl RedisCluster {
    /// Starts the servers, and shares the slots out among them.
    ///
    /// # Panics
    ///
    /// The programs are not installed, or the cluster does not come up.
    pub fn start() -> Self {
        let settings = [
            "--save",
            "",
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "2000",
        ];
        let servers: Vec<_> = (0..3).map(|_| RedisServer::start_with(&settings)).collect();
        let addresses = servers
            .iter()
            .map(|server| format!("127.0.0.1:{}", server.port));
        let created = Command::new("redis-cli")
            .args(["--cluster", "create"])
            .args(addresses)
            .arg("--cluster-yes")
            .output()
            .expect("redis-cli is installed");
        assert!(
            created.status.success(),
            "{}",
            String::from_utf8_lossy(&created.stdout)
        );
        let cluster = Self(servers);
        let deadline = Instant::now() + PATIENCE;
        while !cluster
            .0
            .iter()
            .all(|server| server.cli(&["CLUSTER", "INFO"]).contains("state:ok"))
        {
            assert!(Instant::now() < deadline, "the cluster does not come up");
            sleep(Duration::from_millis(20));
        }
        cluster
    }

    /// Its servers.
    pub fn servers(&self) -> &[RedisServer] {
        &self.0
    }

    /// The addresses of its servers.
    pub fn urls(&self) -> Vec<String> {
        self.0.iter().map(RedisServer::url).collect()
    }

    /// The server that has the slot of this key, by its place.
    ///
    /// # Panics
    ///
    /// No server has it.
    pub fn owner_of(&self, key: &str) -> usize {
        let slot: u16 = self.0[0]
            .cli(&["CLUSTER", "KEYSLOT", key])
            .parse()
            .expect("a slot");
        let owns = |server: &RedisServer| {
            let nodes = server.cli(&["CLUSTER", "NODES"]);
            let own = nodes
                .lines()
                .find(|line| line.contains("myself"))
                .unwrap_or_default()
                .to_owned();
            let mut ranges = own.split(' ').skip(8);
            ranges.any(|range| {
                let (from, to) = range.split_once('-').unwrap_or((range, range));
                let bounds = from.parse::<u16>().ok().zip(to.parse::<u16>().ok());
                bounds.is_some_and(|(from, to)| (from..=to).contains(&slot))
            })
        };
        self.0.iter().position(owns).expect("a server has the slot")
    }

    /// Moves the slot of this key, with all that is in it, to another server, as an operator does. Returns its place.
    ///
    /// # Panics
    ///
    /// It can't be moved.
    pub fn move_slot_of(&self, key: &str) -> usize {
        let from = self.owner_of(key);
        let to = (from + 1) % self.0.len();
        let slot = self.0[0].cli(&["CLUSTER", "KEYSLOT", key]);
        let id = |place: usize| self.0[place].cli(&["CLUSTER", "MYID"]);
        let (from_id, to_id) = (id(from), id(to));
        self.0[to].cli(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from_id]);
        self.0[from].cli(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to_id]);
        let port = self.0[to].port.to_string();
        // Keys are bytes, so the server passes them on by itself.
        let script = "local keys = redis.call('CLUSTER', 'GETKEYSINSLOT', ARGV[1], 100)
            if #keys > 0 then
              redis.call('MIGRATE', '127.0.0.1', ARGV[2], '', 0, 5000, 'KEYS', unpack(keys))
            end
            return #keys";
        loop {
            let moved = self.0[from].cli(&["EVAL", script, "0", &slot, &port]);
            let moved: u32 = moved.parse().unwrap_or_else(|_| panic!("{moved}"));
            if moved == 0 {
                break;
            }
        }
        for server in &self.0 {
            server.cli(&["CLUSTER", "SETSLOT", &slot, "NODE", &to_id]);
        }
        to
    }
}

/// How far from its port a server of a cluster listens for the other ones.
const BUS: u16 = 10_000;

/// A port that nobody listens at, and nor does anybody where a server of a cluster listens besides.
///
/// # Panics
///
/// There is none.
pub fn free_port() -> u16 {
    let bind = |port| TcpListener::bind(("127.0.0.1", port));
    for _ in 0..100 {
        let listener = bind(0).expect("there is a free port");
        let port = listener.local_addr().expect("it has an address").port();
        if port.checked_add(BUS).is_some_and(|bus| bind(bus).is_ok()) {
            return port;
        }
    }
    panic!("no two ports are free that belong together");
}
