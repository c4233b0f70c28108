//! Memory as the operating system counts it: [`resident_growth`].

use std::env;
use std::fs;
use std::process::Command;

const TASK: &str = "SSE_GATE_BENCH_TASK";

/// The task this process was started for by [`resident_growth_of_child`], if it was.
pub fn child_task() -> Option<String> {
    env::var(TASK).ok()
}

/// Starts this program again to do `task`, and returns the bytes that it prints.
///
/// A process that has freed memory before would hide what it takes.
///
/// # Panics
///
/// If the child does not print a number.
pub fn resident_growth_of_child(task: &str) -> f64 {
    let program = env::current_exe().expect("a program knows where it is");
    let child = Command::new(program).env(TASK, task).output();
    let output = child.expect("a program can be started twice").stdout;
    let text = String::from_utf8_lossy(&output);
    text.trim().parse().expect("a number of bytes")
}

/// How many bytes more are resident after `fill` than before, while what it made is alive.
pub fn resident_growth<T>(fill: impl FnOnce() -> T) -> f64 {
    let before = resident_pages();
    let filled = fill();
    let after = resident_pages();
    drop(filled);
    (after - before) * 4096.0
}

/// The second field of `statm` in proc(5), in pages of 4 KiB. `NaN` where there is none.
fn resident_pages() -> f64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let resident = statm.split(' ').nth(1).map(str::parse);
    resident.and_then(Result::ok).unwrap_or(f64::NAN)
}
