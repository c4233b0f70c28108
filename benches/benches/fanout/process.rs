//! A server as a process, with its processor time and its memory.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

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
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hyper => "hyper alone, no tokens",
            Self::Axum => "axum, hand-rolled tickets",
            Self::Floor => "floor: sockets in a list",
            Self::OurHyper => "sse-gate, hyper example",
            Self::OurAxum => "sse-gate, axum example",
        }
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::OurHyper | Self::OurAxum)
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
}

impl Process {
    pub(crate) fn start(kind: Kind) -> Self {
        let mut command = kind.command();
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let command = command.env("RUST_LOG", "off");
        let mut child = command.spawn().expect("taskset is there");
        let out = child.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(out)
            .read_line(&mut line)
            .expect("the server says where it listens");
        let addr = line.trim().rsplit('/').next().map(str::parse);
        Self {
            kind,
            addr: addr.and_then(Result::ok).expect("an address"),
            child,
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
