//! A server as a process, with its processor time and its memory.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::nginx::Site;
use crate::outside::Outside;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Hyper alone: no token, one broadcast channel.
    Hyper,
    /// Axum's `Sse` behind a hand-rolled ticket.
    Axum,
    /// Sockets in a list: the kernel's part.
    Floor,
    /// The hyper example.
    OurHyper,
    /// The axum example.
    OurAxum,
    /// A server of others.
    Outside(Outside),
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hyper => "hyper alone, no tokens",
            Self::Axum => "axum, hand-rolled tickets",
            Self::Floor => "floor: sockets in a list",
            Self::OurHyper => "sse-gate, hyper example",
            Self::OurAxum => "sse-gate, axum example",
            Self::Outside(peer) => peer.name(),
        }
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::OurHyper | Self::OurAxum)
    }

    /// Whether a stream is opened with a token, be it a constant.
    pub(crate) fn has_tokens(self) -> bool {
        self != Self::Outside(Outside::Nchan)
    }

    /// Whether a token is given for a JWT.
    pub(crate) fn has_logins(self) -> bool {
        use Outside::{BetterSse, SseStarlette};
        self.is_ours() || matches!(self, Self::Outside(BetterSse | SseStarlette))
    }

    fn command(self) -> Command {
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]);
        let own = std::env::current_exe().expect("a program knows where it is");
        match self {
            Self::Hyper => command.arg(own).env("SSE_GATE_BENCH_TASK", "hyper"),
            Self::Axum => command.arg(own).env("SSE_GATE_BENCH_TASK", "axum"),
            Self::Floor => command.arg(own).env("SSE_GATE_BENCH_TASK", "floor"),
            Self::OurHyper => ours(&mut command, env!("CARGO_BIN_EXE_server-hyper")),
            Self::OurAxum => ours(&mut command, env!("CARGO_BIN_EXE_server-axum")),
            Self::Outside(peer) => peer.add_to(&mut command),
        };
        command
    }
}

fn ours<'c>(command: &'c mut Command, program: &str) -> &'c mut Command {
    const MANY: &str = "50000";
    command.arg(program).args(["--addr", "127.0.0.1:0"]).args([
        "--streams",
        MANY,
        "--streams-per-subject",
        MANY,
        "--tokens-per-subject",
        MANY,
        // So slow that no computation ends.
        "--pace",
        "100000000",
    ])
}

/// A server that runs. It ends when this is dropped.
pub(crate) struct Process {
    pub(crate) kind: Kind,
    pub(crate) addr: SocketAddr,
    child: Child,
    /// What nginx has beside its process.
    _site: Option<Site>,
}

impl Process {
    pub(crate) fn start(kind: Kind) -> Self {
        let mut command = kind.command();
        let site = (kind == Kind::Outside(Outside::Nchan)).then(Site::new);
        if let Some(site) = &site {
            site.add_to(&mut command);
        }
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let command = command.env("RUST_LOG", "off");
        let mut child = command.spawn().expect("taskset is there");
        let out = child.stdout.take().expect("it is piped");
        let addr = site.as_ref().map_or_else(|| said(out), Site::ready);
        Self {
            kind,
            addr,
            child,
            _site: site,
        }
    }

    /// What all its threads have spent on a processor, in nanoseconds.
    pub(crate) fn cpu_nanos(&self) -> u64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id()));
        tasks
            .expect("the server runs")
            .filter_map(|task| fs::read_to_string(task.ok()?.path().join("schedstat")).ok())
            .filter_map(|stat| stat.split(' ').next()?.parse::<u64>().ok())
            .sum()
    }

    /// Its resident memory, in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the server runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kib.expect("Linux tells the resident memory")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a server says that it listens.
fn said(out: ChildStdout) -> SocketAddr {
    let mut line = String::new();
    BufReader::new(out)
        .read_line(&mut line)
        .expect("the server says where it listens");
    let addr = line.trim().rsplit('/').next().map(str::parse);
    addr.and_then(Result::ok).expect("an address")
}

/// Leaves the first processor to the server.
pub(crate) fn move_to_second_processor() {
    let pid = std::process::id().to_string();
    let moved = Command::new("taskset")
        .args(["-a", "-cp", "1", &pid])
        .output();
    moved.expect("taskset is there");
}

/// How many files this process, and so each that it starts, may have open.
pub(crate) fn max_open_files() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").expect("Linux tells its limits");
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    soft.unwrap_or(usize::MAX)
}
